import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { newestIn } from '../serving.ts'
import { type Finding, ok, warning } from './finding.ts'

const SUBJECT = 'back-ups'

/** The folder of back-ups: whether the next can be written, beside it as well, and of when the newest is. */
export async function examineBackUps(directory: string): Promise<readonly Finding[]> {
  return [await rights(directory), await newest(directory)]
}

/** A first back-up is made beside its place, a later one inside it. */
async function rights(directory: string): Promise<Finding> {
  const facts = await stat(directory).catch(() => undefined)
  const folder = facts ? directory : await nearest(dirname(directory))
  const mayWrite = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (mayWrite) return ok(`${SUBJECT}, rights`, `${folder} can be written.`)
  return warning(
    `${SUBJECT}, rights`,
    `${folder} cannot be written by this user: no back-up can be made in ${directory}.`,
    'Allow the user of the server to write there, or name another folder in BACKUP_DIR.',
  )
}

async function nearest(folder: string): Promise<string> {
  const facts = await stat(folder).catch(() => undefined)
  return facts || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

async function newest(directory: string): Promise<Finding> {
  const made = await newestIn(directory)
  if (made) return ok(SUBJECT, `The newest is of ${new Date(made.madeAt / 1_000).toISOString()}.`)
  return warning(
    SUBJECT,
    `There is no whole back-up in ${directory} yet.`,
    `Have one made on the page of administrators, or by parlance backup ${directory}`,
  )
}
