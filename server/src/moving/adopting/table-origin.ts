import { CommandEnd } from '../../lib/command-end.ts'
import type { ForeignColumns, ForeignDatabase, ForeignRow } from '../../store/moving.ts'
import type { FoundAccount } from './found.ts'
import type { Intake } from './intake.ts'
import type { Origin } from './origin.ts'

/** One table of another program: its columns, and what becomes of its rows. */
export interface TablePlan {
  readonly table: string
  readonly columns: ForeignColumns
  readonly order: readonly string[]
  take(rows: readonly ForeignRow[], intake: Intake): Promise<void> | void
}

/** Refuses a database that has not all of the tables and columns. */
export async function tableOrigin(
  db: ForeignDatabase,
  { source, program, plans }: { source: string; program: string; plans: readonly TablePlan[] },
): Promise<Origin> {
  try {
    const tables = await db.tables()
    for (const { table, columns } of plans) {
      const missing = Object.keys(columns).filter((column) => !tables.get(table)?.has(column))
      if (missing.length > 0) throw unrecognised({ source, program, table, missing })
    }
    const counts = await Promise.all(plans.map(({ table }) => db.count(table)))
    return {
      total: counts.reduce((total, rows) => total + rows, 0),
      unit: 'rows',
      read: async (intake, onRead, signal) => {
        for (const plan of plans)
          for await (const rows of db.pages(plan)) {
            signal.throwIfAborted()
            await plan.take(rows, intake)
            onRead(rows.length)
          }
      },
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

interface Unrecognised {
  readonly source: string
  readonly program: string
  readonly table: string
  readonly missing: readonly string[]
}

const unrecognised = ({ source, program, table, missing }: Unrecognised): CommandEnd =>
  new CommandEnd(
    `${source} is not the database of ${program}, which has a table ${table} with ${missing.join(', ')}: name the one that has.`,
  )

/** The accounts of all rows of a page together: their passwords are wrapped side by side. */
export const accountsOf =
  (accountOf: (row: ForeignRow) => FoundAccount): TablePlan['take'] =>
  (rows, intake) =>
    intake.accounts(rows.map(accountOf))

/** Takes row by row. */
export const each =
  (take: (row: ForeignRow, intake: Intake) => void): TablePlan['take'] =>
  (rows, intake) => {
    for (const row of rows) take(row, intake)
  }

/** Where a row stands, for the report; its key, which other rows name; and its number, which clients hold. */
export const identified = (table: string, row: ForeignRow) => ({
  place: `${table}, id ${row.id}`,
  key: textIn(row, 'id'),
  id: numberIn(row, 'id'),
})

/** A value as text, for a key or a name; empty where there is none. */
export const textIn = (row: ForeignRow, column: string): string => {
  const value = row[column]
  return value === null || value === undefined ? '' : String(value)
}

/** The same, null where it is null. */
export const optional = (row: ForeignRow, column: string): string | null => {
  const value = row[column]
  return value === null || value === undefined ? null : String(value)
}

export const numberIn = (row: ForeignRow, column: string): number | null => {
  const value = row[column]
  return typeof value === 'number' ? value : null
}
