import type { BackUpFault } from '../../core/chat.ts'
import { engineCode } from '../endpoints.ts'

/** Codes of the system, and of SQLite. */
const BY_CODE: Readonly<Record<string, BackUpFault>> = {
  ENOSPC: 'no_room',
  EDQUOT: 'no_room',
  FULL: 'no_room',
  EACCES: 'not_writable',
  EPERM: 'not_writable',
  EROFS: 'not_writable',
}

/** The kind of a failure. The error that tells it is a cause of the one that has the sentence. */
export function faultOf(error: unknown): BackUpFault {
  if (!(error instanceof Error)) return 'other'
  const code = engineCode(error) ?? ('code' in error ? String(error.code) : '')
  if ('syscall' in error && String(error.syscall).startsWith('spawn')) return 'no_tool'
  // pg_dump has written to the disk itself, and tells of it in English.
  if (error.message.includes('No space left on device')) return 'no_room'
  return BY_CODE[code] ?? faultOf(error.cause)
}
