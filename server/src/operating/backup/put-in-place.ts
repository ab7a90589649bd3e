import { constants } from 'node:fs'
import { copyFile, link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CommandEnd } from '../../lib/command-end.ts'
import { syncDirectory } from '../../lib/directory.ts'

/** Puts the file in place by a link, which unlike a rename fails if another file has come meanwhile. */
export async function putInPlace(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file)
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw madeMeanwhile(file, error)
    if (!LINKLESS.some((code) => isCode(error, code))) throw error
    await copyInPlace(partial, file)
  }
  syncDirectory(dirname(file))
}

/** Errors of file systems without links, such as FAT and some network file systems. */
const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Puts the file in place where links cannot be made: a copy, too, fails if another file has come meanwhile. */
export async function copyInPlace(partial: string, file: string): Promise<void> {
  try {
    await copyFile(partial, file, constants.COPYFILE_EXCL)
    const copy = await open(file, 'r+')
    await copy.sync().finally(() => copy.close())
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw madeMeanwhile(file, error)
    await rm(file, { force: true })
    throw error
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const madeMeanwhile = (file: string, cause: unknown): CommandEnd =>
  new CommandEnd(`${file} has been made meanwhile, and nothing is overwritten.`, { cause })
