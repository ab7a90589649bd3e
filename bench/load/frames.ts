/** Cuts a stream into frames and calls `onFrame` with each, whole, wherever the chunks end. */
export interface Framing {
  feed(chunk: Buffer, length: number): void
}

export type OnFrame = (bytes: Buffer, start: number, end: number) => void

/** Where the frame that begins at `start` ends; -1 while too little of it is there to tell. */
export type EndOf = (bytes: Buffer, start: number, length: number) => number

const CARRY_BYTES = 64 * 1024

/** Frames that tell their length at their beginning. Only a frame that two chunks share is copied. */
export class LengthFraming implements Framing {
  readonly #endOf: EndOf
  readonly #onFrame: OnFrame
  #carry: Buffer | undefined
  #carried = 0

  constructor(endOf: EndOf, onFrame: OnFrame) {
    this.#endOf = endOf
    this.#onFrame = onFrame
  }

  feed(chunk: Buffer, length: number): void {
    let start = this.#carried > 0 ? this.#finish(chunk, length) : 0
    while (start < length) {
      const end = this.#endOf(chunk, start, length)
      if (end < 0 || end > length) break
      this.#onFrame(chunk, start, end)
      start = end
    }
    if (start < length) this.#keep(chunk, start, length)
  }

  /** Ends the frame that earlier chunks began; answers where the next begins. */
  #finish(chunk: Buffer, length: number): number {
    let taken = 0
    while (taken < length) {
      const carry = this.#carry ?? Buffer.alloc(0)
      const end = this.#endOf(carry, 0, this.#carried)
      const wanted = end < 0 ? 1 : end - this.#carried
      const part = Math.min(wanted, length - taken)
      this.#keep(chunk, taken, taken + part)
      taken += part
      if (end >= 0 && part === wanted) {
        this.#carried = 0
        this.#onFrame(this.#carry ?? carry, 0, end)
        break
      }
    }
    return taken
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    const needed = this.#carried + end - start
    if (!this.#carry || this.#carry.length < needed) {
      const larger = Buffer.allocUnsafe(needed > 1024 ? Math.max(needed * 2, CARRY_BYTES) : 1024)
      this.#carry?.copy(larger, 0, 0, this.#carried)
      this.#carry = larger
    }
    chunk.copy(this.#carry, this.#carried, start, end)
    this.#carried = needed
  }
}

/** Unmasked WebSocket frames. */
export const endOfWsFrame: EndOf = (bytes, start, length) => {
  if (start + 2 > length) return -1
  const short = (bytes[start + 1] ?? 0) & 0x7f
  if (short < 126) return start + 2 + short
  if (short === 126) return start + 4 > length ? -1 : start + 4 + bytes.readUInt16BE(start + 2)
  return start + 10 > length ? -1 : start + 10 + Number(bytes.readBigUInt64BE(start + 2))
}

/** Lines. */
export const endOfLine: EndOf = (bytes, start, length) => {
  const at = bytes.indexOf(0x0a, start)
  return at < 0 || at >= length ? -1 : at + 1
}
