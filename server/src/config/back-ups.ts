import { sep } from 'node:path'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { Database } from './engines.ts'
import { absolute, isPath } from './files.ts'

interface Backed {
  readonly database: Database
  readonly filesDirectory: string
  readonly certificatesDirectory: string
}

/** The folder of back-ups. One that lies with the data, or around it, is refused: what takes the one takes the other. */
export function backUpDirectoryOf(
  settings: SettingsReader<'BACKUP_DIR'>,
  { database, filesDirectory, certificatesDirectory }: Backed,
): string | undefined {
  const path = settings.text('BACKUP_DIR')
  if (path === undefined) return undefined
  if (!isPath(path))
    throw new SettingRefusal(
      `BACKUP_DIR is "${path}"; write the path of a folder, such as /backups/parlance.`,
    )
  const directory = absolute(path)
  const data = [
    ...(database.kind === 'sqlite' ? [database.directory] : []),
    filesDirectory,
    certificatesDirectory,
  ]
  const shared = data
    .map(absolute)
    .find((folder) => isWithin(directory, folder) || isWithin(folder, directory))
  if (shared === undefined) return directory
  throw new SettingRefusal(
    `BACKUP_DIR is "${path}", and the data lies in ${shared}: write a folder apart from it, best on another disk.`,
  )
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
