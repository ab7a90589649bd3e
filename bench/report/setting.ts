import type { Results } from '../measurement.ts'
import { short, titleOf } from './notation.ts'
import { table } from './tables.ts'

/** What one has to know to measure it again. */
export function setting({ machine, versions, commit, startedAt, measurements }: Results): readonly string[] {
  const durability = new Map(measurements.map((each) => [each.target, each.durability]))
  const facts = [
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['memory', `${short(machine.memoryBytes / 2 ** 30)} GiB`],
    ['kernel', machine.kernel],
    ['Node', machine.node],
    ['cores', machine.isPinned ? 'one for the server, one for the load generator' : 'shared, not pinned'],
    ['commit', commit],
    ['started', startedAt],
    ...Object.entries(versions),
  ]
  return [
    '## Machine and versions',
    left(['', ''], facts),
    '## Durability',
    'What a target makes sure of before it acknowledges a message. *Synced*: it is on disk, and outlives a power cut.',
    left(
      ['', 'before it acknowledges', 'how'],
      [...durability].map(([target, promise]) => [titleOf(target), promise, howOf(target)]),
    ),
  ]
}

/** By the first words of a target's name. */
const settings: readonly (readonly [name: string, how: string])[] = [
  [
    'parlance',
    'SQLite, `journal_mode=WAL`, `synchronous=FULL`, one commit for all messages that wait; `PARLANCE_RATE_LIMITS=off` and nothing else turned off',
  ],
  ['Socket.IO + SQLite', 'SQLite, `journal_mode=WAL`, `synchronous=FULL`, one commit a message'],
  ['bare ws', 'passes on what comes in'],
]

const howOf = (target: string): string =>
  settings.find(([name]) => target.startsWith(name))?.[1] ?? 'as the name says'

const left = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  table(heading, rows).replaceAll('---:', '---')
