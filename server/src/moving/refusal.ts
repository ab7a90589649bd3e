import { CommandEnd } from '../lib/command-end.ts'

// Why an archive cannot be written, read or moved.

export const damaged = (file: string, what: string, cause?: unknown): CommandEnd =>
  new CommandEnd(`${file} was cut or changed (${what}): nothing of it counts; export once more.`, { cause })

export const foreignFile = (file: string): CommandEnd =>
  new CommandEnd(`${file} is not an archive of Parlance: name a file that "parlance export" has written.`)

export const newerFile = (file: string): CommandEnd =>
  new CommandEnd(
    `${file} was written by another version of Parlance, in a form that this one does not know: import it with that version.`,
  )

export const changedSource = (what: string): CommandEnd =>
  new CommandEnd(
    `What is read now is not what the interrupted move had begun with (${what}): empty the target, and give the command again.`,
  )

export const differs = (table: string): CommandEnd =>
  new CommandEnd(
    `The rows of ${table} that were read back are not those that were written: check the target's disk, empty it, and give the command again.`,
  )
