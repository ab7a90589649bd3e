import { accessSync, constants, lstatSync, mkdtempSync, readdirSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CommandEnd } from '../../lib/command-end.ts'
import { syncDirectory } from '../../lib/directory.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { readSecrets, type Secrets } from '../../secrets/index.ts'
import { lockBackUp } from '../endpoints.ts'
import { ContentFolder } from './content-folder.ts'
import { FILES, isOwnName, type Manifest, manifestText, readManifest } from './manifest.ts'
import { plainFile } from './plain-file.ts'
import { requireSum } from './sum.ts'
import { OWNER_ONLY, type Target } from './target.ts'

const PARTIAL = 'partial-'
/** The file whose lock `lockBackUp` takes. */
const LOCK = 'backup.lock'

/**
 * A folder with a whole back-up of the same server, which stays whole until the new manifest takes the place of its
 * own. Throws `CommandEnd` for one that is damaged, or in which another command is at work.
 */
export async function earlierBackUp(directory: string, signal: AbortSignal): Promise<Target> {
  requireWritable(directory)
  const lock = lockBackUp(directory)
  try {
    // Read under the lock: a back-up that has just ended has written another.
    const earlier = readManifest(directory)
    await requireSum({ directory, name: FILES.secrets, ...earlier.files.secrets }, { signal })
    await sweep(directory, earlier)
    const work = mkdtempSync(join(directory, PARTIAL))
    const stamp = new Date().toISOString().replace(/\W/g, '')
    const contents = ContentFolder.ofBackUp(directory)
    return {
      work,
      nameOf: (ending) => `parlance-${stamp}.${ending}`,
      contents,
      hasEarlier: true,
      keepSecrets: (secrets) => requireSame(directory, secrets),
      conclude: async (manifest, digests) => {
        await replace({ directory, work, manifest })
        await sweep(directory, manifest)
        await contents.keepOnly(new Set(digests))
      },
      close: async () => {
        await rm(work, { recursive: true, force: true })
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw fileRefusal(error, directory, 'written')
  }
}

function requireWritable(directory: string): void {
  try {
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw fileRefusal(error, directory, 'written')
  }
  if (lstatSync(join(directory, LOCK), { throwIfNoEntry: false })) plainFile(directory, LOCK)
}

interface Replacing {
  readonly directory: string
  readonly work: string
  readonly manifest: Manifest
}

async function replace({ directory, work, manifest }: Replacing): Promise<void> {
  for (const name of namesOf(manifest)) await rename(join(work, name), join(directory, name))
  const written = join(work, FILES.manifest)
  await writeFile(written, manifestText(manifest), { mode: OWNER_ONLY, flush: true })
  // Names are on disk before the manifest that says them.
  syncDirectory(directory)
  await rename(written, join(directory, FILES.manifest))
  syncDirectory(directory)
}

const namesOf = ({ files: { database, contents, certificates } }: Manifest): readonly string[] =>
  [database, contents, certificates].flatMap((file) => file?.name ?? [])

/** Removes databases of earlier back-ups, and whatever one that was killed has left. */
async function sweep(directory: string, manifest: Manifest): Promise<void> {
  const names = namesOf(manifest)
  for (const name of readdirSync(directory)) {
    const isEarlier = isOwnName(name) && !names.includes(name)
    if (isEarlier || name.startsWith(PARTIAL))
      await rm(join(directory, name), { recursive: true, force: true })
  }
}

/** A folder's back-up is replaced by one of the same server only, which has the same secrets for all its life. */
function requireSame(directory: string, secrets: Secrets): string {
  if (isDeepStrictEqual(readSecrets(directory), secrets)) return join(directory, FILES.secrets)
  throw new CommandEnd(
    `${directory} holds the back-up of a server with other secrets, which is not replaced: name a folder that is not there yet.`,
  )
}
