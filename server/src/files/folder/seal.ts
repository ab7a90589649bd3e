import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HEAD_BYTES, type Sealed } from '../files.ts'
import { isCode } from './failure.ts'
import type { Places } from './places.ts'

const PIECE_BYTES = 1024 * 1024

/**
 * Copies an upload into a file of its own while its digest is made, and links that file into the content's place. The
 * copy is what is served: nothing that still has the upload open can write to it.
 */
export async function seal(upload: string, places: Places): Promise<Sealed> {
  const copy = join(places.making, randomUUID())
  try {
    const sealed = await copyOf(upload, copy)
    const shelf = places.shelf(sealed.sha256)
    await mkdir(shelf, { recursive: true, mode: 0o700 })
    await linkOnce(copy, places.content(sealed.sha256))
    await syncFolder(shelf)
    await syncFolder(dirname(shelf))
    return sealed
  } finally {
    await rm(copy, { force: true })
  }
}

async function copyOf(from: string, to: string): Promise<Sealed> {
  await using source = await open(from, 'r')
  await using target = await open(to, 'wx', 0o600)
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  let head = Buffer.alloc(0)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await source.read(piece, 0, PIECE_BYTES, bytes)
    if (bytesRead === 0) break
    const part = piece.subarray(0, bytesRead)
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, part.subarray(0, HEAD_BYTES - head.length)])
    hash.update(part)
    await writeAll(target, part)
    bytes += bytesRead
  }
  await target.sync()
  return { sha256: hash.digest('hex'), bytes, head }
}

async function writeAll(target: FileHandle, part: Buffer): Promise<void> {
  for (let done = 0; done < part.length; )
    done += (await target.write(part, done, part.length - done, null)).bytesWritten
}

/** The same content that is there already is as good. */
async function linkOnce(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}

/** Makes entries of the folder outlive a crash. Windows has no such call, and does so by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}
