import type { Sample } from './measurement.ts'
import type { Subject } from './target.ts'

export interface Scenario {
  readonly name: string
  /** One sentence: what is done. */
  readonly title: string
  /** The unit of `size`, where there are several sizes. */
  readonly axis?: string
  /** Undefined when it can run here; else what it needs and is missing. A single target may miss more. */
  missing?(): string | undefined
  readonly runs: readonly Case[]
}

/** One target at one size. */
export interface Case {
  readonly target: Subject
  readonly size: number | null
  /** Starts the target anew, measures once, and stops it. */
  measure(pace: Pace): Promise<Sample>
}

/** How long to look. */
export interface Pace {
  readonly warmUpSeconds: number
  readonly seconds: number
}
