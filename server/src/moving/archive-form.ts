import { createHash } from 'node:crypto'
import { parseSecrets } from '../secrets/index.ts'
import { columnNames, type Row, type Sums, TABLES, type Table } from '../store/moving.ts'
import type { Header } from './archive.ts'

// An archive's lines: a header; for each table a line that names it and its rows, one a line; an end.

const FORMAT = 'parlance-archive'
const VERSION = 1

export const headerLine = (header: Header): string =>
  JSON.stringify({ format: FORMAT, version: VERSION, ...header })

export const tableLine = (table: Table): string =>
  JSON.stringify({ table: table.name, columns: columnNames(table) })

export const endLine = (header: string, sums: Sums): string =>
  JSON.stringify({ header: createHash('sha256').update(header).digest('hex'), sums })

/** Undefined: not the first line of an archive. 'other version': of one that this server does not know. */
export function parseHeader(line: string): Header | 'other version' | undefined {
  const fields = objectIn(line)
  if (fields?.format !== FORMAT) return undefined
  if (fields.version !== VERSION) return 'other version'
  const { id, counts } = fields
  const secrets = parseSecrets(fields.secrets)
  if (typeof id !== 'string' || !isCounts(counts) || !secrets) return undefined
  return { id, counts, secrets }
}

/** Undefined: not a table. 'other version': not with the columns of this one. */
export function parseTable(line: string): Table | 'other version' | undefined {
  const name = objectIn(line)?.table
  if (name === undefined) return undefined
  const table = TABLES.find((known) => known.name === name)
  return table && tableLine(table) === line ? table : 'other version'
}

/** Undefined: one of the lines is not a row of that table. */
export function parseRows(table: Table, lines: readonly string[]): readonly Row[] | undefined {
  const rows = parse(`[${lines}]`)
  const kinds = Object.values(table.columns).map((kind) => (kind === 'text' ? 'string' : 'number'))
  const fits = (row: unknown): row is Row =>
    Array.isArray(row) &&
    row.length === kinds.length &&
    row.every((value, i) => value === null || typeof value === kinds[i])
  return Array.isArray(rows) && rows.every(fits) ? rows : undefined
}

const isCounts = (value: unknown): value is Header['counts'] =>
  typeof value === 'object' &&
  value !== null &&
  TABLES.every(({ name }) => Number.isSafeInteger(Reflect.get(value, name)))

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  const value = parse(line)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
