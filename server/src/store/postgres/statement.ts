import { NoAnswer, within } from '../../lib/within.ts'
import { ANSWER_TIMEOUT_MS } from './database.ts'
import { isOutage, unavailable } from './failure.ts'
import type { Queryable } from './pool.ts'

export type Scalar = string | number | boolean | null
export type Parameter = Scalar | readonly Scalar[]

/** A query whose rows are what its text selects: the text and `Row` stand side by side. */
export interface Query<Row> {
  get(...parameters: Parameter[]): Promise<Row | undefined>
  all(...parameters: Parameter[]): Promise<Row[]>
}

/** Prepared on each connection at its first use. The engine's failure becomes 'unavailable'. */
export function prepare<Row = never>(sql: Queryable, text: string): Query<Row> {
  const all = async (...parameters: Parameter[]): Promise<Row[]> => {
    try {
      const answering = sql.unsafe(text, parameters.map(toColumn), { prepare: true })
      const rows = await within(ANSWER_TIMEOUT_MS, 'the database', answering)
      // The one place where the engine's untyped rows get their type.
      return Array.from(rows) as unknown as Row[]
    } catch (error) {
      if (error instanceof NoAnswer) sql.renew()
      throw isOutage(error) ? unavailable(error) : error
    }
  }
  return { all, get: async (...parameters) => (await all(...parameters))[0] }
}

/** An id or a time that no column can hold is beyond all of them: infinity, or a client's absurd number. */
const toColumn = (parameter: Parameter) =>
  Array.isArray(parameter) ? (parameter.map(withinBounds) as number[]) : withinBounds(parameter as Scalar)

const withinBounds = (value: Scalar): Scalar =>
  typeof value === 'number'
    ? Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
    : value

/** PostgreSQL's word for no limit is null. */
export const limitOf = (limit: number): number | null => (limit === Number.POSITIVE_INFINITY ? null : limit)
