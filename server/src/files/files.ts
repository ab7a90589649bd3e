import type { Readable } from 'node:stream'
import type { FileId } from '../core/types.ts'

/** A part of a content: both places included, counted from 0. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** The bytes of an upload that is complete, as they were found when it was sealed. */
export interface Sealed {
  /** Hexadecimal. */
  readonly sha256: string
  readonly bytes: number
  /** As many as `HEAD_BYTES`, fewer of a shorter one: by these its type is found. */
  readonly head: Buffer
}

/** Bytes at the beginning of a content by which its type and its dimensions are found. */
export const HEAD_BYTES = 65_536

/** Appends to one upload. One at a time for each upload: its owner sees to that. */
export interface UploadWriter {
  /** Refuses 'unavailable' when the place is full or fails: what has been written since the last `sync` may be gone. */
  write(bytes: Buffer): Promise<void>
  /** Resolves when all that was written is on disk. Refuses as `write` does. */
  sync(): Promise<void>
  /** Lets go of the upload. Never fails: what was not synced counts for nothing. */
  close(): Promise<void>
}

/**
 * Keeps the bytes of files. A content is named by its SHA-256 and never changes; it is there whole or not at all. An
 * upload is what has come of a file so far, under its id. A failure of the place, also a full one, is the `ChatError`
 * 'unavailable'; more open files than its bound are refused 'busy'.
 */
export interface Files {
  /** Goes on with an upload of which `length` bytes count: any others are forgotten. */
  write(fileId: FileId, length: number): Promise<UploadWriter>
  /**
   * Makes a content of an upload, and keeps the upload too. The content is on disk when this resolves. One that is
   * there already is kept as it is.
   */
  seal(fileId: FileId): Promise<Sealed>
  /** Forgets the upload, if there is one. */
  drop(fileId: FileId): Promise<void>
  /** The bytes of a content, all of them or a part. Undefined where there is none. */
  read(sha256: string, range?: ByteRange): Promise<Readable | undefined>
  has(sha256: string): Promise<boolean>
  /**
   * Removes a content, unless `isUsed` then says that it is used all the same: it is put aside first, so that whoever
   * uses it from now on finds it missing and seals it again. A content that a crash has left aside is decided by `settle`.
   */
  remove(sha256: string, isUsed: (sha256: string) => Promise<boolean>): Promise<void>
  /**
   * Puts right what crashes have left: decides what removals have put aside, and forgets uploads that nobody awaits and
   * contents that nobody uses, if they are a day old. Each call looks at a part of the contents.
   */
  settle(known: {
    readonly isUsed: (sha256: string) => Promise<boolean>
    /** `fileId` is that of an upload. */
    readonly isAwaited: (fileId: string) => Promise<boolean>
  }): Promise<void>
  /** Whether there is room for so many bytes more, with a twentieth of the whole place left free. */
  hasRoomFor(bytes: number): Promise<boolean>
  /** Digests of all contents, in no particular order. */
  list(): AsyncIterable<string>
}
