import { owned } from '../../lib/guard.ts'
import { runNextTurn } from '../../lib/timers.ts'
import type { Queryable } from './driver/index.ts'
import { prepare, type Scalar } from './statement.ts'

/** Keys of one question to the database. */
const MAX_ASKED = 500

interface Asked<Row> {
  readonly key: readonly Scalar[]
  readonly resolve: (row: Row | undefined) => void
  readonly reject: (error: unknown) => void
}

/** The row that belongs to a key, if there is one. */
interface Lookup<Row> {
  get(...key: readonly Scalar[]): Promise<Row | undefined>
}

/**
 * Looks up by key the rows that one turn of the event loop asks for, in one query. Its text selects `k.n` and the
 * row's columns from `asked`, the relation `k` of the keys. The first column is `k.a`, the second `k.b`; `n` tells the
 * keys apart. At most one row belongs to a key.
 */
export function batchedLookup<Row>(
  sql: Queryable,
  types: readonly ('bigint' | 'text')[],
  text: (asked: string) => string,
): Lookup<Row> {
  const arrays = types.map((type, at) => `$${at + 1}::${type}[]`)
  const columns = types.map((_, at) => 'abc'[at])
  const query = prepare<Row & { readonly n: number }>(
    sql,
    text(`unnest(${arrays.join(', ')}) WITH ORDINALITY AS k (${columns.join(', ')}, n)`),
  )
  let pending: Asked<Row>[] = []

  const ask = async (asked: readonly Asked<Row>[]) => {
    try {
      const rows = await query.all(...types.map((_, at) => asked.map(({ key }) => key[at] ?? null)))
      for (const { n, ...row } of rows) asked[n - 1]?.resolve(row as Row)
      // The promises of found rows are settled already: these are the keys without a row.
      for (const { resolve } of asked) resolve(undefined)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
  const askAll = () => {
    const asked = pending
    pending = []
    for (let from = 0; from < asked.length; from += MAX_ASKED)
      owned('postgres', ask(asked.slice(from, from + MAX_ASKED)))
  }
  return {
    get: (...key) =>
      new Promise((resolve, reject) => {
        if (pending.length === 0) runNextTurn(askAll)
        pending.push({ key, resolve, reject })
      }),
  }
}
