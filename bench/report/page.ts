import type { Measurement, Results } from '../measurement.ts'
import { type Chapter, chapters } from './chapters.ts'
import type { Picture } from './charts.ts'
import { GENERATOR_SHARE } from './figures.ts'
import { goalTable } from './goal-table.ts'
import { exact } from './notation.ts'
import { pairingsTable } from './pairings.ts'
import { setting } from './setting.ts'
import { comparisonTable, growthTable } from './tables.ts'

/** `results.md`: the goals, then each scenario, then what it was measured on. */
export function writePage(results: Results, pictures: readonly Picture[]): string {
  const { measurements } = results
  const parts = [
    '# What Parlance does, measured',
    introduction(results),
    '## Goals',
    ...embed('goals', pictures),
    goalTable(measurements),
    ...[...chapters, ...unknown(measurements)].flatMap((chapter) =>
      chapterOf(chapter, measurements, pictures),
    ),
    ...setting(results),
  ]
  return `${parts.join('\n\n')}\n`
}

function introduction({ machine, startedAt, commit, measurements }: Results): string {
  const runs = [...new Set(measurements.map((each) => each.runs.length))].toSorted((a, b) => a - b)
  const counted =
    runs.length > 1 ? `${runs[0]} to ${runs.at(-1)} runs` : runs[0] === 1 ? 'one run' : `${runs[0] ?? 0} runs`
  const cores = machine.isPinned
    ? 'all processes of a server are pinned to one core, the load generator to another'
    : '**neither the servers nor the load generator are pinned to a core**'
  return `${startedAt.slice(0, 10)}, commit ${commit}, ${machine.cpu}, Node ${machine.node}. Written by \`npm run bench\`;
[results.json](results.json) has the raw figures.

- Every figure is the median of ${counted}, with the lowest and the highest beneath it. The warm-up does not count.
- All targets of a chapter ran on the same machine in the same run, over loopback; ${cores}.
- Machine, date and commit are those of the last run. A chapter that it left out is from an earlier one, and says its own:
  compare within a chapter, and not across.
- *CPU* is processor time of all processes of the server, user and system; *in nodes* without its PostgreSQL and Redis.
- *generator CPU* is how busy the load generator's core was. From 95 % it is **bold**: the server may be able to do more.
- *accepted* counts what was acknowledged, *stored* what the storage then held, *delivered* what arrived; over all runs.${fewRuns(runs)}`
}

const fewRuns = ([fewest = 0]: readonly number[]): string =>
  fewest < 3
    ? '\n\n> Some figures are of less than three runs: they show that it works, not how fast it is.'
    : ''

function chapterOf(
  chapter: Chapter,
  all: readonly Measurement[],
  pictures: readonly Picture[],
): readonly string[] {
  if (chapter.pairings) return pairingsOf(chapter, all)
  const own = all.filter(({ scenario }) => scenario === chapter.scenario)
  if (own.length === 0) return []
  const { title, words, note, headline, axis = 'size', growth = [], metrics } = chapter
  const sizes = [...new Set(own.map(({ size }) => size))].toSorted((a, b) => (a ?? 0) - (b ?? 0))
  const shown = sizes.includes(headline ?? null) ? (headline ?? null) : (sizes.at(-1) ?? null)
  const tableAt = (size: number | null) =>
    comparisonTable(
      chapter,
      own.filter((each) => each.size === size),
    )
  const named = (size: number | null) => (size === null ? 'No size' : `${exact(size)} ${axis}`)
  const folded = sizes.filter((size) => size !== shown)
  return [
    `## ${title}`,
    words,
    ...(note === undefined ? [] : [note]),
    originsOf(own),
    ...embed(chapter.scenario, pictures),
    ...(shown === null ? [] : [`### ${named(shown)}`]),
    tableAt(shown),
    ...folded.map((size) => fold(named(size), tableAt(size))),
    ...(sizes.length > 1 ? [`### How it grows with the ${axis}`] : []),
    ...(sizes.length > 1
      ? (growth.length > 0 ? growth : metrics).map((metric) => growthTable(metric, own))
      : []),
  ]
}

const originsOf = (measurements: readonly Measurement[]): string => {
  const all = measurements.map(({ origin: { cpu, commit, startedAt } }) =>
    [startedAt?.slice(0, 10), commit && `commit ${commit}`, cpu].filter(Boolean).join(', '),
  )
  return `*Measured: ${[...new Set(all)].join('; ')}.*`
}

function pairingsOf(
  { title, words, note, pairings = [] }: Chapter,
  all: readonly Measurement[],
): readonly string[] {
  const shown = pairingsTable(pairings, all)
  return shown === undefined ? [] : [`## ${title}`, words, ...(note === undefined ? [] : [note]), shown]
}

const fold = (summary: string, content: string): string =>
  `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`

const embed = (scenario: string, pictures: readonly Picture[]): readonly string[] =>
  pictures
    .filter((picture) => picture.scenario === scenario)
    .map(({ name, description }) => `![${description.replace(/[[\]]/g, '')}](charts/${name}.svg)`)

/** A scenario without a chapter is shown all the same, with everything it has. */
function unknown(measurements: readonly Measurement[]): readonly Chapter[] {
  const known = new Set(chapters.map(({ scenario }) => scenario))
  const others = Map.groupBy(
    measurements.filter(({ scenario }) => !known.has(scenario)),
    ({ scenario }) => scenario,
  )
  return [...others].map(([scenario, own]) => ({
    ...{ scenario, title: scenario, words: 'Measured besides.' },
    metrics: [...new Set(own.flatMap(({ runs }) => runs.flatMap(Object.keys)))].filter(
      (name) => !isCommon(name),
    ),
  }))
}

const isCommon = (metric: string): boolean =>
  [GENERATOR_SHARE, 'server CPU share', 'accepted', 'stored', 'delivered'].includes(metric)
