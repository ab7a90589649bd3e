import type { Durability } from './target.ts'

/** The figures of one run, by the metric's name, unit included: `{'deliveries/s': 3_100_000}`. */
export type Sample = Readonly<Record<string, number>>

/** All runs of one scenario against one target at one size. */
export interface Measurement {
  /** A scenario's `name`. */
  readonly scenario: string
  readonly target: string
  readonly durability: Durability
  /** Where the scenario is run at several sizes: the size, in the unit of the scenario's `axis`. */
  readonly size: number | null
  readonly runs: readonly Sample[]
  readonly origin: Origin
}

/** Where and when a measurement was made: not all of a report are of the same run. */
export interface Origin {
  /** The processor's name. */
  readonly cpu: string
  /** As in `Results`; not known of those that were kept from before each had its own. */
  readonly commit?: string
  readonly startedAt?: string
}

/** The machine that the figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  /** The server and the load generator had a core each. */
  readonly isPinned: boolean
  readonly limits: Limits
}

export interface Limits {
  /** Time of an append of 16 KiB to a file that is then on disk, median. */
  readonly syncMs: number
  /** Time of a system call that sends 200 bytes over loopback, mean. */
  readonly sendMicros: number
}

/** The raw figures, as the JSON file keeps them. */
export interface Results {
  readonly machine: Machine
  /** Versions of all software that took part: `{'ws': '8.23.0', 'ejabberd': '23.01'}`. */
  readonly versions: Readonly<Record<string, string>>
  readonly commit: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly measurements: readonly Measurement[]
}
