import type { Intake } from './intake.ts'

/** Another program's data, recognised and open. */
export interface Origin {
  /** How many rows or bytes there are to read, for the progress. */
  readonly total: number
  readonly unit: 'rows' | 'bytes'
  /** Takes everything over, accounts first. Throws `CommandEnd` for what cannot be read. */
  read(intake: Intake, onRead: (count: number) => void, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
