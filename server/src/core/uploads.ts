import type { Files, UploadWriter } from '../files/files.ts'
import type { Clock } from '../lib/clock.ts'
import { newPublicId } from '../lib/ids.ts'
import type { FileStore, StoredFile } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { cleanFileName } from './file-name.ts'
import { declaredType, mediaOf } from './media-type.ts'
import { type AccountId, type FileId, toFileId } from './types.ts'

/** Bytes of one file. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024
/** An upload that nobody goes on with, and a file that hangs on no message, goes after that long. */
export const IDLE_MICROS = 24 * 3600 * 1_000_000
/** Bytes after which what has come is put on disk and noted: a crash costs no more of an upload. */
const SYNC_BYTES = 8 * 1024 * 1024

interface UploadDraft {
  readonly name: string
  /** As its client says; the content says it better. */
  readonly type: string | undefined
  readonly size: number
}

/** How bytes for an upload were taken. */
export type Appending =
  | { readonly kind: 'appended'; readonly file: StoredFile }
  | { readonly kind: 'absent' }
  /** The upload stands elsewhere than its client thinks, or another request is at it. */
  | { readonly kind: 'elsewhere'; readonly received: number }
  | { readonly kind: 'locked' }
  /** More came than the upload has room for: those that fit are kept. */
  | { readonly kind: 'too_long'; readonly file: StoredFile }

interface UploadsParts {
  readonly store: FileStore
  /** Undefined: nothing can be uploaded. */
  readonly files: Files | undefined
  readonly clock: Clock
  /** Bytes of all files of one account. */
  readonly quota: number
}

/** Files on their way in: begun with a name and a size, appended to, and complete when all has come. */
export class Uploads {
  readonly #parts: UploadsParts
  /** Those that a request of this node is at. */
  readonly #locked = new Set<FileId>()

  constructor(parts: UploadsParts) {
    this.#parts = parts
  }

  /** Undefined: the account's files would take too much. Refuses 'unavailable' where the disk has no room. */
  async begin(accountId: AccountId, { name, type, size }: UploadDraft): Promise<StoredFile | undefined> {
    const { store, clock, quota } = this.#parts
    await this.#requireRoom(size)
    const fileId = toFileId(newPublicId())
    const file = { fileId, accountId, name: cleanFileName(name), type: declaredType(type), size }
    if (!(await store.begin({ ...file, at: clock.nowMicros(), quota }))) return undefined
    return size === 0 ? this.find(accountId, fileId) : store.find(fileId)
  }

  /** An own upload, complete if all of it has come. Undefined where there is none. */
  async find(accountId: AccountId, fileId: FileId): Promise<StoredFile | undefined> {
    const file = await this.#own(accountId, fileId)
    const isLeft = file && file.sha256 === null && file.received === file.size && !this.#locked.has(fileId)
    // A crash came between, or the disk was full.
    return isLeft ? this.#locking(fileId, () => this.#complete(file)) : file
  }

  /**
   * Takes bytes that begin at `offset`, as fast as they are written. All that has come is kept, also when `bytes` fails, whose
   * error is then thrown. Refuses 'unavailable' and 'busy'.
   */
  async append(
    { accountId, fileId, offset }: { accountId: AccountId; fileId: FileId; offset: number },
    bytes: AsyncIterable<Buffer>,
  ): Promise<Appending> {
    if (this.#locked.has(fileId)) return { kind: 'locked' }
    return this.#locking(fileId, async () => {
      const file = await this.#own(accountId, fileId)
      if (!file) return { kind: 'absent' }
      const isOpen = file.sha256 === null && file.received === offset
      if (!isOpen) return { kind: 'elsewhere', received: file.received }
      await this.#requireRoom(file.size - offset)
      return this.#take(file, bytes)
    })
  }

  /** Ends an upload, or removes a file that hangs on no message. False: there is none. */
  async end(accountId: AccountId, fileId: FileId): Promise<boolean> {
    return this.#parts.store.remove({ fileId, accountId, at: this.#parts.clock.nowMicros() })
  }

  async #own(accountId: AccountId, fileId: FileId): Promise<StoredFile | undefined> {
    const file = await this.#parts.store.find(fileId)
    return file?.accountId === accountId ? file : undefined
  }

  async #take(file: StoredFile, bytes: AsyncIterable<Buffer>): Promise<Appending> {
    const writer = await this.#files().write(file.fileId, file.received)
    const taking = new Taking(this.#parts, file, writer)
    let isTooLong = false
    try {
      isTooLong = await taking.take(bytes)
    } finally {
      await writer.close()
    }
    if (taking.isOvertaken) return { kind: 'elsewhere', received: taking.received }
    const now = await this.#parts.store.find(file.fileId)
    if (!now) return { kind: 'absent' }
    if (isTooLong) return { kind: 'too_long', file: now }
    return { kind: 'appended', file: now.received === now.size ? await this.#complete(now) : now }
  }

  /** Makes a content of what has come. */
  async #complete(file: StoredFile): Promise<StoredFile> {
    const { store, clock } = this.#parts
    const files = this.#files()
    const { fileId } = file
    if (file.size === 0) await (await files.write(fileId, 0)).close()
    const { sha256, bytes, head } = await files.seal(fileId)
    if (bytes !== file.size) throw new Error('an upload that is not as long as was noted')
    const media = mediaOf(head, file.type)
    const isNew = await store.complete({ fileId, sha256, ...media, at: clock.nowMicros() })
    // A removal of the same content may have begun before that: then it is made again.
    if (isNew && !(await files.has(sha256))) await files.seal(fileId)
    await files.drop(fileId)
    return (await store.find(fileId)) ?? file
  }

  async #locking<Result>(fileId: FileId, work: () => Promise<Result>): Promise<Result> {
    this.#locked.add(fileId)
    try {
      return await work()
    } finally {
      this.#locked.delete(fileId)
    }
  }

  async #requireRoom(bytes: number): Promise<void> {
    if (!(await this.#files().hasRoomFor(bytes))) throw new ChatError('unavailable')
  }

  #files(): Files {
    const { files } = this.#parts
    if (!files) throw new ChatError('unavailable')
    return files
  }
}

/** One request's bytes on their way to an upload. */
class Taking {
  received: number
  /** Another node has noted something else meanwhile. */
  isOvertaken = false
  readonly #parts: Pick<UploadsParts, 'store' | 'clock'>
  readonly #file: StoredFile
  readonly #writer: UploadWriter
  #written: number

  constructor(parts: Pick<UploadsParts, 'store' | 'clock'>, file: StoredFile, writer: UploadWriter) {
    this.#parts = parts
    this.#file = file
    this.#writer = writer
    this.received = this.#written = file.received
  }

  /** Whether more came than there is room for. */
  async take(bytes: AsyncIterable<Buffer>): Promise<boolean> {
    try {
      for await (const piece of bytes) {
        const room = this.#file.size - this.#written
        const part = piece.length > room ? piece.subarray(0, room) : piece
        await this.#writer.write(part)
        this.#written += part.length
        if (piece.length > room) return true
        if (this.#written - this.received >= SYNC_BYTES) await this.#note()
        if (this.isOvertaken) return false
      }
      return false
    } finally {
      if (this.#written > this.received && !this.isOvertaken) await this.#note()
    }
  }

  /** Only what is on disk is noted. */
  async #note(): Promise<void> {
    const { store, clock } = this.#parts
    const { fileId } = this.#file
    await this.#writer.sync()
    const progress = { fileId, from: this.received, to: this.#written, at: clock.nowMicros() }
    if (await store.advance(progress)) this.received = this.#written
    else this.isOvertaken = true
  }
}
