import { ChatError } from '../../core/errors.ts'
import { isTlsFault } from '../../lib/tls-fault.ts'

/** SQLSTATE classes for which the engine, its disk or the way to it is at fault, not the statement. */
const ENGINE_CLASSES = new Set([
  '08', // connection
  '25', // a transaction that cannot write: a standby
  '28', // a password that is no longer right
  '3D', // the database is gone
  '3F', // its schema is gone
  '53', // out of disk, memory or connections
  '55', // a lock not to be had
  '57', // shut down, cancelled, timed out
  '58', // the machine
  'XX', // damage
])

/** States of a table or function of ours that is gone, or of a missing right to it. */
const ENGINE_STATES = new Set(['42P01', '42883', '42501'])

/** Both transactions of a deadlock and of a failed serialization may just be run again. */
const RETRY_CLASS = '40'

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code)

/** The engine does not answer, or not as it should. Any other error is a defect of ours. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined) return false
  if (!isSqlState(code)) return true
  return ENGINE_CLASSES.has(code.slice(0, 2)) || ENGINE_STATES.has(code) || isRetryable(error)
}

/** Whether the database is not there yet, or has no room yet: waiting may help. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined) return false
  return isSqlState(code) ? /^(08(?!P01)|57|53300)/.test(code) || isRetryable(error) : !isForGood(code)
}

/** Whether waiting cures nothing: a fault of TLS, authentication or the socket's path, not of the network. */
const isForGood = (code: string): boolean =>
  isTlsFault(code) || /^(AUTH_TYPE_NOT_IMPLEMENTED|SASL_\w+|EACCES|EINVAL|ENOTSOCK|ENAMETOOLONG)$/.test(code)

/** No name server knows the host. In an installation that is only starting, it may soon be known. */
export const isUnknownHost = (error: unknown): boolean => codeOf(error) === 'ENOTFOUND'

const isRetryable = (error: unknown): boolean => codeOf(error)?.slice(0, 2) === RETRY_CLASS

/** The server takes no writes. Its address may lead to another server by now, which takes them. */
export const isReadOnly = (error: unknown): boolean => codeOf(error) === '25006'

/** Tables or functions are not there: somebody has dropped them, or restores them just now. */
export const isSchemaGone = (error: unknown): boolean => /^(3F000|42P01|42883)$/.test(codeOf(error) ?? '')

/** There is no room for it on the disk, nor will there be in the next seconds. */
export const isFull = (error: unknown): boolean => codeOf(error) === '53100'

/** There was no connection to send a question on. */
export class Unsent extends Error {
  readonly code: string | undefined

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.code = codeOf(cause)
  }
}

/** States of a server that goes away but may have committed: its end undoes no commit that waits for a standby. */
const GOING_AWAY = /^(57P0[12]|08...)$/

/** Whether the statement may have been committed, or may yet be: its answer was lost, or did not come. */
export function mayHaveRun(error: unknown): boolean {
  if (error instanceof Unsent) return false
  const code = codeOf(error)
  return code === undefined || !isSqlState(code) || GOING_AWAY.test(code)
}

export const outcomeUnknown = (cause: unknown): ChatError => new ChatError('outcome_unknown', {}, { cause })

export const unavailable = (cause: unknown): ChatError => new ChatError('unavailable', {}, { cause })
