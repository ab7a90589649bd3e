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

/** A request that cannot be run as it was given. The message is one sentence for the operator. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
}

export const USAGE = `Usage: npm run bench [-- options]

  --peers            also ejabberd, Prosody and mosquitto, where they are installed
  --short            every scenario once, small: shows that it runs, measures nothing
  --only a,b         only these scenarios; the report keeps what it has of the others
  --targets a,b      only targets whose name has one of these
  --runs n           runs of each, of which the median counts (3)
  --profiles dir     a CPU profile of every server that runs on Node
  --out dir          where results.md, results.json and charts/ go (bench)`

const OPTIONS = {
  peers: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  targets: { type: 'string', default: '' },
  runs: { type: 'string' },
  profiles: { type: 'string' },
  out: { type: 'string' },
} as const

/** Throws `Misuse`. */
export function readOptions(args: readonly string[], directory: string): Options {
  const { peers, short: isShort, only, targets, profiles, ...values } = parse(args)
  const runs = Number(values.runs ?? (isShort ? 1 : 3))
  if (!Number.isInteger(runs) || runs < 1) throw new Misuse('--runs wants a whole number from 1.')
  const out = values.out ?? directory
  return { peers, isShort, only: listOf(only), targets: listOf(targets), runs, profiles, out }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    // Node's first sentence says what; any more are about names that begin with a dash.
    const [what] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/)
    throw new Misuse(`${what}; --help tells what there is.`, { cause: error })
  }
}

const listOf = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')
