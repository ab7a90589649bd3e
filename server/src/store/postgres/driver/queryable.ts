/** Past it no answer comes any more: the connection is dead and does not know, or there is none to be had. */
export const ANSWER_TIMEOUT_MS = 6_000

export type Rows = readonly Readonly<Record<string, unknown>>[]

/** A target of statements. */
export interface Queryable {
  /**
   * Prepared on each connection at its first use. Rejects with `NoAnswer` when the time is up; later questions go
   * over new connections. Rejects with `Unsent` if the question never reached the database.
   */
  ask(question: Question): Promise<Rows>
}

export interface Question {
  readonly text: string
  /** Scalars; arrays of scalars for `text[]` and `bigint[]`; and whatever JSON has for `json`. */
  readonly parameters: readonly unknown[]
  readonly withinMs: number
}
