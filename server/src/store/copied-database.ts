/** The contents of a database's copy. */
export interface CopiedDatabase {
  /** The number of its newest migration. */
  readonly schema: number
  /** Rows of each table. */
  readonly counts: Readonly<Record<string, number>>
}
