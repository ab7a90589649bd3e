import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { Database } from './engines.ts'

/** The folder beside the database's file; in the working directory where the database is a server. */
export function filesDirectoryOf(settings: SettingsReader<'FILES_DIR'>, database: Database): string {
  const path = settings.text('FILES_DIR')
  if (path === undefined)
    return database.kind === 'sqlite' ? join(database.directory, 'files') : resolve('.data/files')
  if (!isPath(path))
    throw new SettingRefusal(`FILES_DIR is "${path}"; write the path of a folder, such as .data/files.`)
  return absolute(path)
}

/** Whether it may name a file: it is no address, and nothing in it is for a shell alone. */
export const isPath = (path: string): boolean =>
  !/^[a-z][-+.a-z0-9]*:\/\//i.test(path) && !path.includes('\0') && !/^~[^/]/.test(path)

/** The whole path; `~/` is the home directory. */
export const absolute = (path: string): string =>
  resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
