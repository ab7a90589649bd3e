import { parseArgs } from 'node:util'

export interface Options {
  /** Also measure the servers that are installed. */
  readonly peers: boolean
  /** Only show that every scenario runs; writes no report. */
  readonly isShort: boolean
  /** Scenarios by name; all when empty. */
  readonly only: readonly string[]
  /** Parts of targets' names; all when empty. */
  readonly targets: readonly string[]
  readonly runs: number
  /** Where the servers' CPU profiles go. */
  readonly profiles: string | undefined
  /** Where the report goes. */
  readonly out: string
}

export const USAGE = `Usage: npm run bench [-- options]

  --peers            also ejabberd, Prosody and mosquitto, where they are installed
  --short            every scenario once, small: shows that it runs, measures nothing
  --only a,b         only these scenarios; the report keeps what it has of the others
  --targets a,b      only targets whose name has one of these
  --runs n           runs of each, of which the median counts (3)
  --profiles dir     a CPU profile of every server that runs on Node
  --out dir          where results.md, results.json and charts/ go (bench)`

export function readOptions(args: readonly string[], directory: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      targets: { type: 'string', default: '' },
      runs: { type: 'string' },
      profiles: { type: 'string' },
      out: { type: 'string', default: directory },
    },
  })
  const isShort = values.short
  const runs = Number(values.runs ?? (isShort ? 1 : 3))
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs wants a whole number from 1')
  const { peers, profiles, out } = values
  return { peers, isShort, only: listOf(values.only), targets: listOf(values.targets), runs, profiles, out }
}

const listOf = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')
