import { inspect, styleText } from 'node:util'
import type { Failure, Outcome } from './notes.ts'

// The texts of the runner. They use no cursor movements: a pipe and a terminal show the same lines.

const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by)
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const joined = (names: readonly string[]): string => names.join(' › ')

export interface Costed extends Outcome {
  /** Processor time of the file's process and of those that it started; undefined when it was killed. */
  readonly processorMs: number | undefined
}

/** One file has ended: what became of it, what it took, and how many are left. */
export function describeFile(outcome: Costed, left: number): string {
  const { file, ms, processorMs, passes, failures } = outcome
  const hasFailed = failures.length > 0
  const counts = hasFailed ? `${failures.length} FAILED, ${passes.length} passed` : `${passes.length} passed`
  const processor = processorMs === undefined ? '' : `, processor ${seconds(processorMs)}`
  const line = `${hasFailed ? '✖' : '✔'} ${file}: ${counts} (${seconds(ms)}${processor}), ${left} left`
  return styleText(hasFailed ? 'red' : 'green', line)
}

/** Each test of a file, and what the file wrote. */
export function describeTests({ passes, output }: Outcome): string[] {
  const tests = passes.map(({ names, ms }) => `  ✔ ${joined(names)} (${ms.toFixed(0)} ms)`)
  return [...tests, ...describeOutput(output)]
}

export const describeOutput = (output: string): string[] =>
  output === '' ? [] : [indent(output.trimEnd(), '  │ ')]

/** In full, but where the one before failed for the same reason: all tests of a file do when its hook does. */
export function describeFailure({ file, line, names, error }: Failure, before?: Failure): string {
  const place = line === undefined ? file : `${file}:${line}`
  const isSame = before?.file === file && reasonOf(before.error) === reasonOf(error)
  const reason = isSame ? 'The same error as of the one before.' : reasonOf(error)
  return `${styleText('red', `✖ ${joined(names)}`)}\n  ${place}\n${indent(reason, '  ')}`
}

const reasonOf = (error: unknown): string => (error instanceof Error ? inspect(error) : String(error))

/** The slowest files, and how much each folder took. */
export function describeTimes(outcomes: readonly Costed[]): string[] {
  const slowest = outcomes.toSorted((a, b) => b.ms - a.ms).slice(0, 10)
  const folders = Object.entries(Object.groupBy(outcomes, ({ file }) => folderOf(file)))
    .map(([folder, files = []]) => ({ folder, files: files.length, ...sumOf(files) }))
    .sort((a, b) => b.ms - a.ms)
  return [
    'The slowest files: time, and processor time',
    ...slowest.map((outcome) => `${timesOf(outcome)}  ${outcome.file}`),
    'All files of each folder',
    ...folders.map((folder) => `${timesOf(folder)}  ${folder.folder} (${folder.files})`),
  ]
}

interface Times {
  readonly ms: number
  readonly processorMs?: number | undefined
}

const folderOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('server/') ? 3 : 2)
    .join('/')

function sumOf(outcomes: readonly Times[]): Times {
  const add = (sum: Times, each: Times): Times => ({
    ms: sum.ms + each.ms,
    processorMs: (sum.processorMs ?? 0) + (each.processorMs ?? 0),
  })
  return outcomes.reduce(add, { ms: 0, processorMs: 0 })
}

const timesOf = ({ ms, processorMs = 0 }: Times): string =>
  `${seconds(ms).padStart(10)} ${seconds(processorMs).padStart(9)}`

/** The tests that failed beside others and passed alone. */
export const describeUnsteady = (failures: readonly Failure[]): string[] =>
  failures.map(
    ({ file, names }) => `UNSTEADY, failed beside other files and passed alone: ${file}: ${joined(names)}`,
  )

/** The files that are left to the whole suite. */
export const describeLong = (
  kinds: readonly { readonly reason: string; readonly files: readonly string[] }[],
): string[] =>
  kinds.map(
    ({ reason, files }) =>
      `LEFT TO npm run test:all, because ${reason}: ${files.length} files, such as ${files[0]}`,
  )

/** The tests that did not run, with the reason: whole files, then single tests. */
export function describeLeftOut(
  files: readonly { readonly reason: string; readonly files: readonly string[] }[],
  outcomes: readonly Outcome[],
): string[] {
  const tests = outcomes.flatMap(({ leftOut }) => leftOut)
  return [
    ...files.map(({ reason, files }) => `NOT RUN, because ${reason}: ${files.join(', ')}`),
    ...tests.map(({ file, names, reason }) => `NOT RUN, because ${reason}: ${file}: ${joined(names)}`),
  ]
}
