import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CommandEnd } from '../lib/command-end.ts'
import { makeDirectory, syncDirectory } from '../lib/directory.ts'
import { Progress } from '../lib/progress.ts'
import { isDigest, Places } from './endpoints.ts'
import { sumOf } from './manifest.ts'

/** How much was copied, and how many contents were not there. */
interface CopiedContents {
  readonly contents: number
  readonly bytes: number
  readonly missing: number
}

interface CopyContents {
  /** Folders of files, as `FILES_DIR` names one. */
  readonly from: string
  readonly to: string
  readonly digests: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Copies contents of files from one folder to another, and reads each copy through: its name says what is in it. Those
 * that are there already are kept. Throws `CommandEnd` for a content that is not as its name says.
 */
export async function copyContents({ from, to, digests, signal }: CopyContents): Promise<CopiedContents> {
  const [source, target] = [new Places(from), new Places(to)]
  const progress = new Progress('copying', digests.length, process.stderr, 'files')
  let [bytes, contents, missing] = [0, 0, 0]
  for (const sha256 of digests) {
    signal.throwIfAborted()
    const file = isDigest(sha256) ? source.content(sha256) : undefined
    if (file !== undefined && existsSync(file)) {
      bytes += await copyContent(file, target.content(sha256), { sha256, signal })
      contents += 1
    } else missing += 1
    progress.advance(1)
  }
  if (digests.length > 0) progress.end()
  return { contents, bytes, missing }
}

/** Answers the content's bytes. */
async function copyContent(
  from: string,
  to: string,
  { sha256, signal }: { sha256: string; signal: AbortSignal },
): Promise<number> {
  const partial = `${to}.partial`
  try {
    if (!existsSync(to)) {
      makeDirectory(dirname(to))
      await pipeline(createReadStream(from), createWriteStream(partial, { mode: 0o600, flush: true }), {
        signal,
      })
      await rename(partial, to)
      syncDirectory(dirname(to))
    }
    const sum = await sumOf(to, { onBytes: () => undefined, signal })
    if (sum.sha256 === sha256) return sum.bytes
  } finally {
    await rm(partial, { force: true })
  }
  throw new CommandEnd(`${from} is not what its name says: it was cut or changed.`)
}
