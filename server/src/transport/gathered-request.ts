import { GuardedRequest } from './guards.ts'

/** Bytes of a body that are passed on together. */
const GATHER_BYTES = 4096

/**
 * A request whose body arrives in large pieces, however small the peer cuts it. HTTP lets each byte be a chunk of
 * its own, and each would be an object of a few hundred bytes in the code that collects the body.
 */
export class GatheredRequest extends GuardedRequest {
  /** The first piece while it is the only one: most bodies are one piece. */
  #piece: Buffer | undefined
  #gathered: Buffer | undefined
  #length = 0
  /** Whether its reader passes on each piece as it comes: see `streamed`. */
  isStreamed = false
  /** Bytes of the body that have come. */
  #bytes = 0

  /** Bytes of the body that are held: all that have come, unless they are passed on. */
  get bodyBytes(): number {
    return this.isStreamed ? this.#length + this.readableLength : this.#bytes
  }

  /** Called by Node for each piece of the body, and with null at its end. False: read no more for now. */
  override push(piece: Buffer | null): boolean {
    if (piece === null) {
      this.#passOn()
      return super.push(null)
    }
    this.#bytes += piece.length
    const mayGoOn = this.#length + piece.length <= GATHER_BYTES || this.#passOn()
    if (piece.length >= GATHER_BYTES) return super.push(piece)
    this.#gather(piece)
    return mayGoOn
  }

  #gather(piece: Buffer): void {
    if (this.#length === 0) this.#piece = piece
    else {
      this.#gathered ??= Buffer.allocUnsafeSlow(GATHER_BYTES)
      if (this.#piece) this.#gathered.set(this.#piece)
      this.#piece = undefined
      this.#gathered.set(piece, this.#length)
    }
    this.#length += piece.length
  }

  #passOn(): boolean {
    const gathered = this.#piece ?? this.#gathered?.subarray(0, this.#length)
    this.#piece = this.#gathered = undefined
    this.#length = 0
    return gathered ? super.push(gathered) : true
  }
}
