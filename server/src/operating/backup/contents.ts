import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { CommandEnd } from '../../lib/command-end.ts'
import type { ContentFolder } from './content-folder.ts'
import type { StepProgress } from './steps.ts'
import { sumOf } from './sum.ts'

/** How much is there now, how much of it was copied, and how many contents were not there. */
interface CopiedContents {
  readonly contents: number
  readonly bytes: number
  readonly copied: number
  readonly missing: number
}

interface CopyContents {
  readonly from: ContentFolder
  readonly to: ContentFolder
  readonly digests: readonly string[]
  /**
   * Whether one that is there already, as long as the other, counts as the same: an earlier back-up has read it through.
   * Else it is read.
   */
  readonly trustsEarlier: boolean
  /** Hears of each content. */
  readonly progress: StepProgress
  readonly signal: AbortSignal
}

/**
 * Copies contents of files from one folder to another, and reads each copy through before it gets its name, which says
 * what is in it. Those that are there already are kept. Throws `CommandEnd` for a content that is not as its name says.
 */
export async function copyContents({
  digests,
  progress,
  signal,
  ...folders
}: CopyContents): Promise<CopiedContents> {
  let [bytes, contents, copied, missing] = [0, 0, 0, 0]
  for (const sha256 of digests) {
    signal.throwIfAborted()
    const done = (await keptContent(sha256, { ...folders, signal })) ?? {
      ...{ bytes: await copyContent(sha256, { ...folders, signal }), isCopied: true },
    }
    if (done.bytes === undefined) missing += 1
    else {
      contents += 1
      bytes += done.bytes
      copied += done.isCopied ? 1 : 0
    }
    progress.advance(1)
  }
  progress.end()
  return { contents, bytes, copied, missing }
}

type One = Pick<CopyContents, 'from' | 'to' | 'trustsEarlier' | 'signal'>

/** A content that need not be copied. */
async function keptContent(
  sha256: string,
  { from, to, trustsEarlier, signal }: One,
): Promise<{ bytes: number; isCopied: false } | undefined> {
  const there = to.find(sha256)
  if (!there) return undefined
  const { path, bytes } = there
  if (trustsEarlier) {
    // The back-up still has a content that the server has lost meanwhile.
    const isSame = (from.find(sha256)?.bytes ?? bytes) === bytes
    return isSame ? { bytes, isCopied: false } : undefined
  }
  if ((await sumOf(path, { signal })).sha256 !== sha256) throw misnamed(path)
  return { bytes, isCopied: false }
}

/** Answers the content's bytes; undefined where it is not there. */
async function copyContent(sha256: string, { from, to, signal }: One): Promise<number | undefined> {
  const source = from.find(sha256)
  if (!source) return undefined
  const made = to.newPlace()
  try {
    const out = createWriteStream(made, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(createReadStream(source.path), out, { signal })
    const sum = await sumOf(made, { signal })
    if (sum.sha256 !== sha256) throw misnamed(source.path)
    await to.put(made, sha256)
    return sum.bytes
  } finally {
    await rm(made, { force: true })
  }
}

const misnamed = (path: string): CommandEnd =>
  new CommandEnd(`${path} is not what its name says: it was cut or changed.`)
