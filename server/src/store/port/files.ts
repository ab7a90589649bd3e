import type { AccountId, Attachment, FileId, MessagePlace } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/** Bytes that each file counts for at least: so an account's quota bounds the number of its files, too. */
export const LEAST_FILE_BYTES = 65_536

/**
 * Facts about files, whose bytes are kept by `Files`. Each has its own id, whatever its content. It belongs to the
 * account that uploads it, and hangs on one message at most. With that message it is removed.
 */
export interface FileStore {
  /**
   * Notes a file that is to come. False: with it the account's files would take more than `quota` bytes. Refuses
   * 'unknown_account' (absent, disabled or removed).
   */
  begin(file: NewFile): Promise<boolean>
  /** Notes how much of a file has come. False: it is gone, complete, or not where the caller has seen it. */
  advance(progress: FileProgress): Promise<boolean>
  /** Completes a file of which all has come. False: it is gone, or complete already. */
  complete(content: FileContent): Promise<boolean>
  /** Removes a file that hangs on no message. False: there is none, of that account. */
  remove(file: {
    readonly fileId: FileId
    readonly accountId: AccountId
    readonly at: Micros
  }): Promise<boolean>
  /** Removes files that hang on no message and that nothing was done with since then, at most `limit`; answers how many. */
  removeIdle(idle: { readonly since: Micros; readonly at: Micros; readonly limit: number }): Promise<number>
  /** Forgets removed files, whose bytes are gone. */
  forget(files: { readonly fileIds: readonly FileId[] }): Promise<void>
  /** Undefined when absent or removed. */
  find(fileId: FileId): Promise<StoredFile | undefined>
  /** Whether the account has uploaded the file, or may read the message that it hangs on. */
  mayRead(accountId: AccountId, fileId: FileId): Promise<boolean>
  /** Removed files that are not forgotten yet, those removed first first. */
  listRemoved(limit: number): Promise<readonly Pick<StoredFile, 'fileId' | 'sha256'>[]>
  /** Whether a file that is not removed has this content. */
  isUsed(sha256: string): Promise<boolean>
  /** The account's complete files in the order of their ids, those after that id. */
  listOwn(accountId: AccountId, after: string, limit: number): Promise<readonly StoredFile[]>
}

export interface NewFile extends Pick<Attachment, 'fileId' | 'name' | 'type' | 'size'> {
  readonly accountId: AccountId
  readonly at: Micros
  /** Bytes that all files of the account may take, each counted as `LEAST_FILE_BYTES` at least. */
  readonly quota: number
}

export interface FileProgress {
  readonly fileId: FileId
  /** Bytes that the caller knows to be there, and those that are there now. */
  readonly from: number
  readonly to: number
  readonly at: Micros
}

export interface FileContent extends Pick<Attachment, 'fileId' | 'type' | 'width' | 'height'> {
  /** Hexadecimal. */
  readonly sha256: string
  readonly at: Micros
}

export interface StoredFile extends Attachment {
  readonly accountId: AccountId
  /** Bytes that have come. */
  readonly received: number
  /** Null until all of it has come. */
  readonly sha256: string | null
  readonly createdAt: Micros
  /** When something was last done with it: as long as it hangs on no message, it goes a day later. */
  readonly touchedAt: Micros
  /** The message that it hangs on. */
  readonly place: MessagePlace | null
}
