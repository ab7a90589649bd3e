import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { CommandEnd } from '../../lib/command-end.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'

/**
 * The path of a file in a back-up, which is reached by folders alone. Throws `CommandEnd` where a link or a device is
 * in the way, which would lead elsewhere or never end, and where nothing is there.
 */
export function plainFile(directory: string, ...names: readonly string[]): string {
  requirePlainFolders(directory, ...names.slice(0, -1))
  const path = join(directory, ...names)
  return requireFile(path, factsOf(path))
}

/** Throws `CommandEnd` where one of these folders, each in the one before, is there and is a link or the like. */
export function requirePlainFolders(directory: string, ...names: readonly string[]): void {
  let path = directory
  for (const name of names) {
    path = join(path, name)
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found && !found.isDirectory()) throw linked(path)
  }
}

/** The path, if it is that of a file. Throws `CommandEnd`. */
export function requireFile(path: string, facts: Stats): string {
  if (facts.isFile()) return path
  throw linked(path)
}

function factsOf(path: string): Stats {
  try {
    return lstatSync(path)
  } catch (error) {
    throw fileRefusal(error, path, 'read')
  }
}

const linked = (path: string): CommandEnd =>
  new CommandEnd(`${path} is a link or the like, which could lead elsewhere: put the file itself there.`)
