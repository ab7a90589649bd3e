import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ByteRange } from '../files.ts'

const PIECE_BYTES = 65_536

/** A content's bytes, read no further than they are taken. Its file is closed when it ends in whatever way. */
export class GuardedReadable extends Readable {
  readonly #file: FileHandle
  readonly #last: number
  readonly #onClose: () => void
  #next: number

  constructor(file: FileHandle, range: ByteRange | undefined, onClose: () => void) {
    super({ highWaterMark: PIECE_BYTES, emitClose: true })
    this.#file = file
    this.#next = range?.first ?? 0
    this.#last = range?.last ?? Number.MAX_SAFE_INTEGER
    this.#onClose = onClose
  }

  override _read(): void {
    const wanted = Math.min(PIECE_BYTES, this.#last - this.#next + 1)
    if (wanted <= 0) {
      this.push(null)
      return
    }
    this.#file.read(Buffer.allocUnsafe(wanted), 0, wanted, this.#next).then(
      ({ bytesRead, buffer }) => {
        this.#next += bytesRead
        this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead))
      },
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#file
      .close()
      .catch((failure: Error) => failure)
      .then((failure) => {
        this.#onClose()
        callback(error ?? (failure instanceof Error ? failure : null))
      })
  }
}
