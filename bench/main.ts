import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listScenarios } from './catalogue.ts'
import { pinGenerator } from './measure/cores.ts'
import { measureLimits } from './measure/limits.ts'
import { profileInto } from './measure/node-command.ts'
import type { Limits, Measurement, Results, Sample } from './measurement.ts'
import { Misuse, type Options, readOptions, USAGE } from './options.ts'
import { commitOf, describeMachine, versionsOf, writeReport } from './report/index.ts'
import type { Case, Pace, Scenario } from './scenario.ts'

const HERE = import.meta.dirname
const PACE: Pace = { warmUpSeconds: 2, seconds: 5 }
/** Messages are on their way from the first moment, and all of them are waited for at the end. */
const SHORT_PACE: Pace = { warmUpSeconds: 0.05, seconds: 0.1 }

async function bench(options: Options): Promise<void> {
  const scenarios = chosen(options)
  pinGenerator()
  if (options.profiles !== undefined) profileInto(options.profiles)
  const startedAt = new Date().toISOString()
  const limits = await measureLimits()
  const measurements: Omit<Measurement, 'origin'>[] = []
  const publish = () => {
    if (!options.isShort) writeReport(resultsOf(measurements, { startedAt, limits }, options), options.out)
  }
  for (const scenario of scenarios) {
    say(`\n${scenario.name}: ${scenario.title}`)
    const missing = scenario.missing?.()
    if (missing !== undefined) {
      say(`  left out, ${missing}`)
      continue
    }
    for (const each of scenario.runs) {
      const measured = await measure(scenario, each, options)
      if (measured) measurements.push(measured)
    }
    publish()
  }
}

/** Throws `Misuse`. */
function chosen({ only, peers, isShort, targets }: Options): readonly Scenario[] {
  const isWanted = ({ target }: Case) =>
    targets.length === 0 || targets.some((word) => target.name.includes(word))
  const all = listScenarios({ peers, isShort })
  const names = all.map(({ name }) => name)
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new Misuse(`--only has "${unknown}"; the scenarios are ${names.join(', ')}.`)
  }
  const scenarios = all
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .map((scenario) => ({ ...scenario, runs: scenario.runs.filter(isWanted) }))
  if (scenarios.every(({ runs }) => runs.length === 0)) {
    throw new Misuse(
      `--targets has nothing that these scenarios run ${peers ? 'against' : 'against without --peers'}.`,
    )
  }
  return scenarios
}

async function measure(
  { name, axis }: Scenario,
  { target, size, measure: run }: Case,
  { runs, isShort }: Options,
): Promise<Omit<Measurement, 'origin'> | undefined> {
  const label = `  ${target.name}${size === null ? '' : `, ${size.toLocaleString('en')} ${axis}`}`
  const missing = target.missing()
  if (missing !== undefined) {
    say(`${label}: left out, ${missing}`)
    return undefined
  }
  const samples: Sample[] = []
  for (let n = 0; n < runs; n++) {
    const sample = await run(isShort ? SHORT_PACE : PACE)
    samples.push(sample)
    say(`${label}: ${inWords(sample)}`)
  }
  return { scenario: name, target: target.name, durability: target.durability, size, runs: samples }
}

/** A run of some scenarios keeps what the report has of the others. */
function resultsOf(
  measurements: readonly Omit<Measurement, 'origin'>[],
  { startedAt, limits }: { startedAt: string; limits: Limits },
  { out }: Options,
): Results {
  const file = join(out, 'results.json')
  const before = existsSync(file) ? measurementsIn(JSON.parse(readFileSync(file, 'utf8'))) : []
  const keyOf = ({ scenario, target, size }: Omit<Measurement, 'origin'>) => `${scenario} ${target} ${size}`
  const measured = new Set(measurements.map(keyOf))
  const machine = describeMachine(limits)
  const commit = commitOf(HERE)
  const origin = { cpu: machine.cpu, commit, startedAt }
  return {
    machine,
    versions: versionsOf({
      npm: ['ws', 'socket.io'],
      debian: ['ejabberd', 'prosody', 'mosquitto', 'postgresql', 'redis-server'],
    }),
    commit,
    startedAt,
    measurements: [
      ...before.filter((each) => !measured.has(keyOf(each))),
      ...measurements.map((each) => ({ ...each, origin })),
    ],
  }
}

/** Measurements of a report from before each said its own are all of the report's machine. */
const measurementsIn = ({ measurements, machine }: Results): readonly Measurement[] =>
  measurements.map((each) => ({ ...each, origin: each.origin ?? { cpu: machine.cpu } }))

const inWords = (sample: Sample): string =>
  Object.entries(sample)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4)).toLocaleString('en')}`)
    .join(' · ')

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    say(USAGE)
    return 0
  }
  try {
    await bench(readOptions(args, HERE))
    return 0
  } catch (error) {
    if (!(error instanceof Misuse)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

process.exit(await main(process.argv.slice(2)))
