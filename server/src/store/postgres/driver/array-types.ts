import type { PostgresType } from 'postgres'

const quoted = (element: unknown): string =>
  element === null ? 'null' : `"${String(element).replace(/["\\]/g, '\\$&')}"`

/** Only ever sent: no statement answers with an array. */
const arrayType = (oid: number): PostgresType<readonly unknown[]> => ({
  to: oid,
  from: [oid],
  serialize: (elements) => `{${elements.map(quoted)}}`,
  parse: (text) => {
    throw new Error(`an array was answered: ${text}`)
  },
})

/**
 * By their oids, which are the same in every database. The driver would ask for those of all types on each
 * new connection, and when that answer does not come nobody catches the error (postgres 3.4.9).
 */
export const ARRAY_TYPES = { bigints: arrayType(1016), texts: arrayType(1009) }
