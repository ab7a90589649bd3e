import { ChatError } from '../../core/errors.ts'

// SQLite's primary result codes for which the engine or its disk is at fault, not the statement.
const ENGINE_CODES: Readonly<Record<number, string>> = {
  3: 'PERM',
  5: 'BUSY',
  6: 'LOCKED',
  7: 'NOMEM',
  8: 'READONLY',
  9: 'INTERRUPT',
  10: 'IOERR',
  11: 'CORRUPT',
  13: 'FULL',
  14: 'CANTOPEN',
  15: 'PROTOCOL',
  22: 'NOLFS',
  23: 'AUTH',
  26: 'NOTADB',
}
// SQLite's code when the shared memory beside the log cannot grow: the disk is full.
const IOERR_SHMSIZE = 4874

/** The name of the engine's failure; undefined for any other error. */
export function engineCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode === IOERR_SHMSIZE ? 'FULL' : ENGINE_CODES[error.errcode & 0xff]
}

export const unavailable = (cause: unknown): ChatError => new ChatError('unavailable', {}, { cause })

export const outcomeUnknown = (cause: unknown): ChatError => new ChatError('outcome_unknown', {}, { cause })

/** Codes of a commit that was taken back as if it had not begun: no room for it, or another program in the way. */
const TAKEN_BACK = new Set(['FULL', 'BUSY', 'LOCKED', 'READONLY'])

/**
 * Whether a commit that failed with this error may take effect all the same: its record may be in the log without the
 * disk's confirmation, and a crash may keep it or not. After a failed fsync even a second one proves nothing: the
 * system may have dropped the data that it could not write.
 */
export const mayComeBack = (error: unknown): boolean => {
  const code = engineCode(error)
  return code !== undefined && !TAKEN_BACK.has(code)
}

// node:sqlite throws this code for a statement of a connection that was closed.
const isClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

/** Answers what the query answers; the engine's failure becomes 'unavailable'. */
export function read<T>(query: () => T): Promise<T> {
  try {
    return Promise.resolve(query())
  } catch (error) {
    const isOutage = isClosed(error) || engineCode(error) !== undefined
    return Promise.reject(isOutage ? unavailable(error) : error)
  }
}
