import { dirname } from 'node:path'
import { StoreRefusal } from '../refusal.ts'
import { engineCode } from './failure.ts'

const ELSEWHERE = 'or name another file in DATABASE_URL or DBPATH'

/** The sentence for an engine that would not open; any other error as it is. */
export function refusalOf(error: unknown, file: string): unknown {
  if (error instanceof StoreRefusal) return error
  const code = engineCode(error)
  if (code === undefined) return error
  return new StoreRefusal(sentence(code, file), { cause: error })
}

function sentence(code: string, file: string): string {
  switch (code) {
    case 'NOTADB':
    case 'CORRUPT':
      return damaged(file)
    case 'CANTOPEN':
    case 'READONLY':
    case 'PERM':
    case 'AUTH':
      return `${file} cannot be written: allow this user to write to the file and its directory, ${ELSEWHERE}.`
    case 'FULL':
      return `The disk that holds ${file} is full: make room on it, ${ELSEWHERE}.`
    case 'BUSY':
    case 'LOCKED':
      return `${file} is in use by another program: stop that first, ${ELSEWHERE}.`
    default:
      return `${file} cannot be opened (SQLite says ${code}): check the disk, ${ELSEWHERE}.`
  }
}

export const inUse = (file: string, cause: unknown): StoreRefusal =>
  new StoreRefusal(`${file} is in use by another running server: stop that one first, ${ELSEWHERE}.`, {
    cause,
  })

export const backedUpAlready = (file: string, cause: unknown): StoreRefusal =>
  new StoreRefusal(`Another command writes a back-up into ${dirname(file)}: wait for its end.`, { cause })

const damaged = (file: string): string =>
  `${file} is damaged or not a database: restore it from a backup, ${ELSEWHERE}.`

export const noDatabase = (file: string): StoreRefusal => new StoreRefusal(damaged(file))

export const noFile = (directory: string, cause?: unknown): StoreRefusal =>
  new StoreRefusal(`${directory} is a directory: name a file in it in DATABASE_URL or DBPATH.`, { cause })

export const foreign = (file: string): StoreRefusal =>
  new StoreRefusal(`${file} is the database of another program: name another file in DATABASE_URL or DBPATH.`)

export const noDirectory = (directory: string, cause: unknown): StoreRefusal =>
  new StoreRefusal(`The directory ${directory} cannot be created: create it for this user, ${ELSEWHERE}.`, {
    cause,
  })

/** Refuses a copy, and names no file: its reader knows where it was to be, and nothing about the source is wrong. */
export const noRoom = (cause: unknown): StoreRefusal =>
  new StoreRefusal('There is no room for the copy: make room on its disk, or name a folder on another one.', {
    cause,
  })

/** Refuses to change a schema whose database cannot be copied first. */
export const noRoomForCopy = (file: string, cause?: unknown): StoreRefusal =>
  new StoreRefusal(
    `There is no room for a copy of ${file}, which is made beside it before its schema is changed: make room on its disk and start again, nothing was changed.`,
    { cause },
  )

export const noDatabaseAt = (file: string): StoreRefusal =>
  new StoreRefusal(`There is no database ${file}: name the one to read in DATABASE_URL or DBPATH.`)
