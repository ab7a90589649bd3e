import { randomInt } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { FileId } from '../../core/types.ts'
import { makeDirectory } from '../../lib/directory.ts'
import type { ByteRange, Files, Sealed, UploadWriter } from '../files.ts'
import { ifThere, onDisk, unavailable } from './failure.ts'
import { GuardedReadable } from './guarded-readable.ts'
import { OpenBound } from './open-bound.ts'
import { isDigest, Places } from './places.ts'
import { seal, syncFolder } from './seal.ts'
import { openUpload } from './upload-writer.ts'

/** Most files that are open at a time. */
interface FolderBounds {
  readonly uploads: number
  readonly reads: number
  /** Contents that are made at a time: each reads and writes a whole file. */
  readonly seals: number
}

const BOUNDS: FolderBounds = { uploads: 256, reads: 512, seals: 16 }

/** The part of the disk that stays free. */
const FREE_PART = 0.05
const DAY_MS = 24 * 3600 * 1000
/** Contents lie on so many shelves, by the first byte of their digests. */
const SHELVES = 256

interface FolderOptions {
  readonly bounds?: Partial<FolderBounds>
  /** The disk's size and free bytes; the system's own unless a test says otherwise. */
  readonly space?: (folder: string) => Promise<{ readonly free: number; readonly total: number }>
}

/** Keeps files in a folder, which several nodes may share. It is made with the first upload. */
export const openFolder = (folder: string, options: FolderOptions = {}): Files =>
  new FolderFiles(folder, options)

const spaceOf = async (folder: string) => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}

class FolderFiles implements Files {
  readonly #folder: string
  readonly #places: Places
  readonly #space: NonNullable<FolderOptions['space']>
  readonly #uploads: OpenBound
  readonly #reads: OpenBound
  readonly #seals: OpenBound
  /** The next one to be settled: any at first, so that nodes do not begin at the same. */
  #nextShelf = randomInt(SHELVES)
  #isMade = false

  constructor(folder: string, { bounds, space = spaceOf }: FolderOptions) {
    const { uploads, reads, seals } = { ...BOUNDS, ...bounds }
    this.#folder = folder
    this.#places = new Places(folder)
    this.#space = space
    this.#uploads = new OpenBound(uploads)
    this.#reads = new OpenBound(reads)
    this.#seals = new OpenBound(seals)
  }

  async write(fileId: FileId, length: number): Promise<UploadWriter> {
    this.#make()
    const giveBack = this.#uploads.take()
    try {
      return await openUpload(this.#places.upload(fileId), length, giveBack)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async seal(fileId: FileId): Promise<Sealed> {
    const giveBack = this.#seals.take()
    try {
      return await onDisk(() => seal(this.#places.upload(fileId), this.#places))
    } finally {
      giveBack()
    }
  }

  drop(fileId: FileId): Promise<void> {
    return onDisk(() => rm(this.#places.upload(fileId), { force: true }))
  }

  async read(sha256: string, range?: ByteRange): Promise<Readable | undefined> {
    const giveBack = this.#reads.take()
    try {
      const file = await ifThere(() => open(this.#places.content(sha256), 'r'))
      if (file) return new GuardedReadable(file, range, giveBack)
      giveBack()
      return undefined
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await ifThere(() => stat(this.#places.content(sha256)))) !== undefined
  }

  async remove(sha256: string, isUsed: (sha256: string) => Promise<boolean>): Promise<void> {
    const aside = join(this.#places.aside, sha256)
    const isThere = await ifThere(async () => {
      await rename(this.#places.content(sha256), aside)
      return true
    })
    if (isThere) await this.#decide(sha256, isUsed)
  }

  async settle({ isUsed, isAwaited }: Parameters<Files['settle']>[0]): Promise<void> {
    const { aside, making, uploads, contents } = this.#places
    for (const name of await namesIn(aside)) if (isDigest(name)) await this.#decide(name, isUsed)
    for (const half of await oldOnes(making)) await forget(making, half)
    for (const upload of await oldOnes(uploads)) if (!(await isAwaited(upload))) await forget(uploads, upload)
    const shelf = join(contents, this.#nextShelf.toString(16).padStart(2, '0'))
    this.#nextShelf = (this.#nextShelf + 1) % SHELVES
    for (const name of await oldOnes(shelf))
      if (isDigest(name) && !(await isUsed(name))) await this.remove(name, isUsed)
  }

  async hasRoomFor(bytes: number): Promise<boolean> {
    this.#make()
    const { free, total } = await onDisk(() => this.#space(this.#folder))
    return free - bytes >= total * FREE_PART
  }

  async *list(): AsyncGenerator<string> {
    const { contents } = this.#places
    for (const shelf of await namesIn(contents))
      for (const name of await namesIn(join(contents, shelf))) if (isDigest(name)) yield name
  }

  #make(): void {
    if (this.#isMade) return
    try {
      for (const each of this.#places.all) makeDirectory(each)
    } catch (error) {
      throw unavailable(error)
    }
    this.#isMade = true
  }

  /** Puts a content that is aside back if it is used, and else removes it. */
  async #decide(sha256: string, isUsed: (sha256: string) => Promise<boolean>): Promise<void> {
    const { aside } = this.#places
    if (!(await isUsed(sha256))) return forget(aside, sha256)
    const shelf = this.#places.shelf(sha256)
    // Another node may have decided first; and one that was sealed meanwhile is the same, so it may be replaced.
    await ifThere(async () => {
      await mkdir(shelf, { recursive: true, mode: 0o700 })
      await rename(join(aside, sha256), this.#places.content(sha256))
      await syncFolder(shelf)
    })
  }
}

const forget = (folder: string, name: string): Promise<void> =>
  onDisk(() => rm(join(folder, name), { force: true }))

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await ifThere(() => readdir(folder))) ?? []

/** Names of what was last written more than a day ago. */
async function oldOnes(folder: string): Promise<readonly string[]> {
  const old: string[] = []
  for (const name of await namesIn(folder)) {
    const found = await ifThere(() => stat(join(folder, name)))
    if (found && Date.now() - found.mtimeMs > DAY_MS) old.push(name)
  }
  return old
}
