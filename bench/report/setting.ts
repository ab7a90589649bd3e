import type { Measurement, Results } from '../measurement.ts'
import { short, titleOf } from './notation.ts'
import { table } from './tables.ts'

/** The facts that a reader needs to measure again. */
export function setting({ machine, versions, commit, startedAt, measurements }: Results): readonly string[] {
  const facts = [
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['memory', `${short(machine.memoryBytes / 2 ** 30)} GiB`],
    ['kernel', machine.kernel],
    ['Node', machine.node],
    ['cores', machine.isPinned ? 'one for the server, one for the load generator' : 'shared, not pinned'],
    ['an append of 16 KiB, synced', `${short(machine.limits.syncMs)} ms`],
    ['a `write` of 200 bytes to a socket', `${short(machine.limits.sendMicros)} µs`],
    ['commit', commit],
    ['started', startedAt],
    ...Object.entries(versions),
  ]
  return [
    '## Machine and versions',
    left(['', ''], facts),
    '## Durability',
    'What a target makes sure of before it acknowledges a message. *Synced*: it is on disk, and outlives a power cut.',
    durabilityTable(measurements),
  ]
}

const POSTGRES = 'PostgreSQL, `fsync=on`, `synchronous_commit=on`, `autovacuum=off`'

/** By the target's name; the first that fits. */
const settings: readonly (readonly [names: RegExp, how: string])[] = [
  [
    /^parlance.*, two nodes/,
    `${POSTGRES}, one commit for all messages that wait at a node; Redis, which stores nothing, between them; \`PARLANCE_RATE_LIMITS=off\``,
  ],
  [/^parlance migrate/, `${POSTGRES}, a commit for each page of rows`],
  [/^parlance bus/, 'Redis, which stores nothing'],
  [
    /^parlance.*, PostgreSQL/,
    `${POSTGRES}, one commit for all messages that wait; \`PARLANCE_RATE_LIMITS=off\``,
  ],
  [
    /^parlance/,
    'SQLite, `journal_mode=WAL`, `synchronous=FULL`, one commit for all messages that wait; `PARLANCE_RATE_LIMITS=off`, and nothing else turned off',
  ],
  [/^Socket\.IO \+ SQLite/, 'SQLite, `journal_mode=WAL`, `synchronous=FULL`, one commit a message'],
  [/^ejabberd, archive in PostgreSQL/, `mod_mam; ${POSTGRES}`],
  [/^ejabberd/, 'mod_mam; SQLite, `journal_mode=WAL`, `synchronous=FULL`'],
  [/^Prosody/, 'mod_muc_mam; SQLite, `journal_mode=WAL`, `synchronous=FULL`'],
  [/^mosquitto/, 'QoS 1, `persistence false`'],
  [/^bare ws/, 'passes on what comes in'],
]

const howOf = (target: string): string => settings.find(([names]) => names.test(target))?.[1] ?? ''

/** A row for all targets that are set alike. */
function durabilityTable(measurements: readonly Measurement[]): string {
  const promises = new Map(measurements.map(({ target, durability }) => [target, durability]))
  const alike = Map.groupBy(promises, ([target, durability]) => `${durability} | ${howOf(target)}`)
  const rows = [...alike].map(([cells, own]) => [own.map(([target]) => titleOf(target)).join('<br>'), cells])
  return left(['', 'before it acknowledges', 'how'], rows)
}

const left = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  table(heading, rows).replaceAll('---:', '---')
