import { ANSWER_TIMEOUT_MS, type Queryable } from './driver/index.ts'
import { isOutage, unavailable } from './failure.ts'

export type Scalar = string | number | boolean | null
type Parameter = Scalar | readonly Scalar[]

/** A query whose rows are what its text selects: the text and `Row` stand side by side. */
interface Query<Row> {
  get(...parameters: Parameter[]): Promise<Row | undefined>
  all(...parameters: Parameter[]): Promise<Row[]>
}

/** The engine's failure becomes 'unavailable'. */
export function prepare<Row = never>(sql: Queryable, text: string): Query<Row> {
  const all = async (...parameters: Parameter[]): Promise<Row[]> => {
    try {
      const question = { text, parameters: parameters.map(toColumn), withinMs: ANSWER_TIMEOUT_MS }
      const rows = await sql.ask(question)
      // The one place where the engine's untyped rows get their type.
      return Array.from(rows) as unknown as Row[]
    } catch (error) {
      throw isOutage(error) ? unavailable(error) : error
    }
  }
  return { all, get: async (...parameters) => (await all(...parameters))[0] }
}

/** An id or a time that no column can hold is beyond all of them: infinity, or a client's absurd number. */
const toColumn = (parameter: Parameter) =>
  Array.isArray(parameter) ? parameter.map(withinBounds) : withinBounds(parameter as Scalar)

function withinBounds(value: Scalar): Scalar {
  // A value that no column can hold equals nothing: sent as it is, it would fail everything asked together with it.
  if (typeof value === 'string') return value.includes('\0') ? null : value
  if (typeof value !== 'number') return value
  const bounded = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
  return Number.isInteger(bounded) ? bounded : null
}

/** PostgreSQL's word for no limit is null. */
export const limitOf = (limit: number): number | null => (limit === Number.POSITIVE_INFINITY ? null : limit)
