import type { AccountId } from '../core/chat.ts'

/** The author of a frame: an account, or a name where accounts are not known. */
export type OriginId = AccountId | string

/** One event in one dialect's bytes, made once and shared by all recipients. */
export interface Frame {
  /** Ready for the socket: payload with its framing. Never written to after it was made. */
  readonly bytes: Buffer
  /** How many of the bytes are framing, before the payload. */
  readonly headerBytes: number
  /** Where a public uuid stands that its owner's own connections see replaced (rooms). */
  readonly owner?: { readonly accountId: AccountId; readonly offset: number }
}

interface OwnerMark {
  readonly accountId: AccountId
  readonly offset: number
}

let pinnedBytes = 0

/** Bytes that all sinks of this process keep for peers that do not take them, each batch counted once. */
export const pinnedBatchBytes = (): number => pinnedBytes

const NO_MARKS: readonly OwnerMark[] = []

/** The frames of one audience in one turn. Sealed when first read: what comes later is another batch. */
export class Batch {
  readonly #frames: Frame[] = []
  /** The author of the first frame, then those of later ones: most batches have one frame, and need no list. */
  #firstOriginId: OriginId | undefined
  #laterOriginIds: (OriginId | undefined)[] | undefined
  #bytes: Buffer | undefined
  #marks: OwnerMark[] | undefined
  #pins = 0

  get isSealed(): boolean {
    return this.#bytes !== undefined
  }

  get frames(): readonly Frame[] {
    return this.#frames
  }

  /** `originId`: who caused the frame. */
  add(frame: Frame, originId?: OriginId): void {
    if (this.#frames.length === 0) this.#firstOriginId = originId
    else {
      this.#laterOriginIds ??= []
      this.#laterOriginIds.push(originId)
    }
    this.#frames.push(frame)
  }

  /** The author of each frame, with the frame's bytes. */
  *bytesByOrigin(): Iterable<readonly [originId: OriginId, bytes: number]> {
    for (const [n, { bytes }] of this.#frames.entries()) {
      const originId = n === 0 ? this.#firstOriginId : this.#laterOriginIds?.[n - 1]
      if (originId !== undefined) yield [originId, bytes.length]
    }
  }

  /** All frames as one Buffer, made at the first call and shared by every sink. */
  bytes(): Buffer {
    this.#bytes ??= this.#seal()
    return this.#bytes
  }

  /** Where in `bytes()` an owner's uuid stands. Valid once sealed. */
  get marks(): readonly OwnerMark[] {
    return this.#marks ?? NO_MARKS
  }

  /** Keeps the batch for a peer that does not take it, until one `unpin` for each `pin`. Answers its size in bytes. */
  pin(): number {
    const { length } = this.bytes()
    if (this.#pins++ === 0) pinnedBytes += length
    return length
  }

  unpin(): void {
    if (--this.#pins === 0) pinnedBytes -= this.bytes().length
  }

  #seal(): Buffer {
    let start = 0
    for (const { bytes, owner } of this.#frames) {
      if (owner) {
        this.#marks ??= []
        this.#marks.push({ accountId: owner.accountId, offset: start + owner.offset })
      }
      start += bytes.length
    }
    const [only] = this.#frames
    return only && this.#frames.length === 1
      ? only.bytes
      : Buffer.concat(
          this.#frames.map((frame) => frame.bytes),
          start,
        )
  }
}
