/** The work of one dialect since the start, in plain numbers: counting costs an addition, and scrapes read them. */
export interface Tally {
  /** Messages that were stored for its clients. */
  sent: number
  /** Events of conversations that live connections of it were told: one for each connection. */
  delivered: number
}

export const newTally = (): Tally => ({ sent: 0, delivered: 0 })
