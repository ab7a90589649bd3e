import type { Micros } from '../lib/clock.ts'

/** How far a back-up is. */
export interface BackUpProgress {
  /** The database is copied, the copy is read through, then the contents of files are copied. */
  readonly step: 'database' | 'check' | 'files'
  /** Bytes of the database, contents of files; 0 for a check. */
  readonly done: number
  /** Null where nobody knows it. */
  readonly total: number | null
}

/** A back-up that is whole. */
export interface MadeBackUp {
  readonly madeAt: Micros
  /** Null where an older version has made it. */
  readonly tookMs: number | null
  /** The size of all that is in it. */
  readonly bytes: number
  readonly files: number
}

/** Reasons why there is no back-up: a full disk, a folder that refuses, no pg_dump, the end of the server, or what the sentence says. */
export type BackUpFault = 'no_room' | 'not_writable' | 'no_tool' | 'stopped' | 'other'

/** The end of a back-up that was not made. The message is one sentence for the operator. */
export class BackUpFailure extends Error {
  override readonly name = 'BackUpFailure'
  readonly fault: BackUpFault

  constructor(fault: BackUpFault, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.fault = fault
  }
}

export const asBackUpFailure = (error: unknown): BackUpFailure | undefined =>
  error instanceof BackUpFailure ? error : undefined

/** Makes back-ups into the place that the operator has named, beside all else that the server does. */
export interface BackUpMaker {
  readonly directory: string
  /** Rejects with a `BackUpFailure`; what was there before is whole then. An abort ends it within seconds. */
  make(how: {
    readonly signal: AbortSignal
    readonly onProgress: (progress: BackUpProgress) => void
  }): Promise<MadeBackUp>
  /** The newest that is whole, also by an operator's command. Undefined where there is none that can be read. */
  last(): Promise<MadeBackUp | undefined>
}
