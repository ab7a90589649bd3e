import type { Micros } from '../../lib/clock.ts'

/** The acts of operators and administrators, kept for as long as the database is. */
export interface AuditStore {
  /** Notes an act before it is carried out, and answers its number. Numbers rise. */
  begin(act: NewAct): Promise<number>
  /** Notes how an act has ended. Changes nothing of one that has ended already. */
  end(ending: ActEnding): Promise<void>
  /** Those with smaller numbers than `before`, newest first, at most `limit`. */
  list(page: { readonly before: number; readonly limit: number }): Promise<readonly Act[]>
}

export interface NewAct {
  /** Person or account that acts, as people read it: the name of a user of the machine. */
  readonly actor: string
  /** Place that it comes from: the command line of a machine. */
  readonly origin: string
  /** Name of the act, such as `accounts disable`. */
  readonly act: string
  /** Name of what it is done to, such as a username. */
  readonly subject: string
  readonly at: Micros
}

export interface ActEnding {
  readonly number: number
  /** `done`, or why it was refused. */
  readonly outcome: string
  readonly at: Micros
}

export interface Act extends NewAct {
  readonly number: number
  /** Null while it is carried out, and for ever if its process died meanwhile: nobody knows whether it was done. */
  readonly outcome: string | null
  readonly endedAt: Micros | null
}
