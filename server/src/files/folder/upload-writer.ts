import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { UploadWriter } from '../files.ts'
import { onDisk } from './failure.ts'

const OWNER_ONLY = 0o600

/** Opens the file, made if absent, and cuts it to the length that counts. */
export async function openUpload(path: string, length: number, onClose: () => void): Promise<UploadWriter> {
  return onDisk(async () => {
    const file = await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, OWNER_ONLY)
    try {
      await file.truncate(length)
      return new FolderUploadWriter(file, length, onClose)
    } catch (error) {
      await file.close()
      throw error
    }
  })
}

class FolderUploadWriter implements UploadWriter {
  readonly #file: FileHandle
  readonly #onClose: () => void
  #end: number

  constructor(file: FileHandle, length: number, onClose: () => void) {
    this.#file = file
    this.#end = length
    this.#onClose = onClose
  }

  write(bytes: Buffer): Promise<void> {
    return onDisk(async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#end)
        done += bytesWritten
        this.#end += bytesWritten
      }
    })
  }

  sync(): Promise<void> {
    return onDisk(() => this.#file.datasync())
  }

  async close(): Promise<void> {
    try {
      await this.#file.close()
    } catch {
      // Only bytes that were synced count, and these are on disk.
    } finally {
      this.#onClose()
    }
  }
}
