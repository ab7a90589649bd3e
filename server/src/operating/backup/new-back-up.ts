import { lstatSync, mkdtempSync, readdirSync, type Stats, statSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CommandEnd } from '../../lib/command-end.ts'
import { makeDirectory, syncDirectory } from '../../lib/directory.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { keepSecrets } from '../../secrets/index.ts'
import { ContentFolder } from './content-folder.ts'
import { FILES, manifestText } from './manifest.ts'
import { OWNER_ONLY, type Target } from './target.ts'

/**
 * A folder that is not there yet, or empty: it gets its name once all of it is on disk. Throws `CommandEnd` for a place
 * that is taken.
 */
export function newBackUp(directory: string): Target {
  requireFree(directory)
  const work = newFolder(`${directory}.partial-`)
  return {
    work,
    nameOf: (ending) => `parlance.${ending}`,
    contents: ContentFolder.ofBackUp(work),
    hasEarlier: false,
    keepSecrets: (secrets) => {
      keepSecrets(work, secrets)
      return join(work, FILES.secrets)
    },
    conclude: async (manifest) => {
      await writeFile(join(work, FILES.manifest), manifestText(manifest), { mode: OWNER_ONLY, flush: true })
      syncDirectory(work)
      // Another back-up may have been put there meanwhile, and its folder is not empty.
      requireFree(directory)
      await rename(work, directory)
      syncDirectory(dirname(directory))
    },
    close: () => rm(work, { recursive: true, force: true }),
  }
}

function requireFree(directory: string): void {
  const found = foundAt(directory)
  if (!found) return
  // A folder cannot replace a link, wherever that leads.
  if (!found.isDirectory() || listed(directory).length > 0)
    throw new CommandEnd(
      `${directory} is there already, and is no back-up: name a folder that is not there yet, or one with a back-up of this server.`,
    )
  if (found.dev !== statSync(dirname(directory)).dev)
    throw new CommandEnd(`${directory} is a whole disk: name a folder in it that is not there yet.`)
}

function foundAt(directory: string): Stats | undefined {
  try {
    return lstatSync(directory, { throwIfNoEntry: false })
  } catch (error) {
    throw fileRefusal(error, directory, 'written')
  }
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    throw fileRefusal(error, directory, 'read')
  }
}

/** Makes a folder for its owner only, beside the back-up's own place, so that a rename puts it there. */
function newFolder(prefix: string): string {
  try {
    makeDirectory(dirname(prefix))
    return mkdtempSync(prefix)
  } catch (error) {
    throw fileRefusal(error, dirname(prefix), 'written')
  }
}
