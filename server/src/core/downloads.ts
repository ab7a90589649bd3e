import type { Readable } from 'node:stream'
import type { ByteRange, Files } from '../files/files.ts'
import type { FileStore, StoredFile } from '../store/store.ts'
import { ChatError } from './errors.ts'
import type { AccountId, FileId, MessagePlace } from './types.ts'

/** A file of which all has come. */
export interface CompleteFile extends StoredFile {
  readonly sha256: string
}

interface DownloadsParts {
  readonly store: FileStore
  readonly files: Files | undefined
}

/** Files on their way out, to those who may read them. */
export class Downloads {
  readonly #parts: DownloadsParts

  constructor(parts: DownloadsParts) {
    this.#parts = parts
  }

  /** Undefined when it is absent, not complete, or not the account's to read. */
  async find(accountId: AccountId, fileId: FileId): Promise<CompleteFile | undefined> {
    const file = await this.#find(fileId)
    return file && (await this.#parts.store.mayRead(accountId, fileId)) ? file : undefined
  }

  /** Undefined unless it hangs on that message, which then is there. */
  async findOn({ conversationId, seq }: MessagePlace, fileId: FileId): Promise<CompleteFile | undefined> {
    const file = await this.#find(fileId)
    const { place } = file ?? {}
    return place?.conversationId === conversationId && place.seq === seq ? file : undefined
  }

  /** Refuses 'busy' while too many are read, and 'unavailable' where the bytes are missing. */
  async read({ sha256 }: CompleteFile, range?: ByteRange): Promise<Readable> {
    const bytes = await this.#parts.files?.read(sha256, range)
    if (!bytes) throw new ChatError('unavailable', { sha256 })
    return bytes
  }

  async #find(fileId: FileId): Promise<CompleteFile | undefined> {
    const file = await this.#parts.store.find(fileId)
    return file && file.sha256 !== null ? { ...file, sha256: file.sha256 } : undefined
  }
}
