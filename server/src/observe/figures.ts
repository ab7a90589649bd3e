import type { Tally } from '../lib/tally.ts'

/** The time between two readings from which a rate is told, in milliseconds. */
const RATE_MS = { least: 1_000, most: 60_000 }

interface Sample {
  readonly ms: number
  readonly sent: number
}

interface DialectFigures extends Tally {
  readonly name: string
  readonly connections: number
}

/** Live figures of this process. Counters begin with its start. */
interface LiveFigures {
  readonly dialects: readonly DialectFigures[]
  /** Since an earlier reading; null where there was none in the last minute. */
  readonly sentPerSecond: number | null
  readonly commits: number
  readonly writes: number
  readonly waitingWrites: number
  readonly waitingHashes: number
  readonly isStoreUp: boolean
  readonly isBusUp: boolean
}

/** Figures for people who look at the server now. */
export class Figures {
  readonly tallies = new Map<string, Tally>()
  readonly readings = new Map<string, () => number | Promise<number>>()
  commits = 0
  writes = 0
  countConnections: () => Iterable<readonly [dialect: string, connections: number]> = () => []
  pingBus: () => Promise<unknown> = () => Promise.resolve()
  isStoreUp: () => boolean = () => true
  /** Oldest first. */
  #samples: readonly Sample[] = []

  async read(): Promise<LiveFigures> {
    const connections = new Map(this.countConnections())
    const dialects = Array.from(this.tallies, ([name, { sent, delivered }]) => ({
      ...{ name, sent, delivered, connections: connections.get(name) ?? 0 },
    }))
    const sentPerSecond = this.#rate(dialects.reduce((sum, { sent }) => sum + sent, 0))
    const reading = async (name: string) => (await this.readings.get(name)?.()) ?? 0
    const [waitingWrites, waitingHashes, isBusUp] = await Promise.all([
      reading('waitingWrites'),
      reading('waitingHashes'),
      this.pingBus().then(
        () => true,
        () => false,
      ),
    ])
    const { commits, writes } = this
    return {
      ...{ dialects, sentPerSecond, commits, writes, waitingWrites, waitingHashes, isBusUp },
      isStoreUp: this.isStoreUp(),
    }
  }

  #rate(sent: number): number | null {
    const ms = performance.now()
    const kept = this.#samples.filter((sample) => ms - sample.ms <= RATE_MS.most)
    const before = kept.findLast((sample) => ms - sample.ms >= RATE_MS.least)
    // One of a moment ago says no more than the one before it.
    const isSoon = kept.some((sample) => ms - sample.ms < RATE_MS.least)
    this.#samples = isSoon ? kept : [...kept, { ms, sent }]
    return before ? Math.round(((sent - before.sent) * 1_000) / (ms - before.ms)) : null
  }
}
