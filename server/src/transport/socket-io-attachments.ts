import type { Holder, MemoryShare } from '../lib/memory-budget.ts'

/** Bytes that a packet and its attachments may have together: as many as a packet without any. */
const MAX_BYTES = 128 * 1024

/** The start of a packet that announces how many attachments follow it. */
const WITH_ATTACHMENTS = /^[56](\d+)-/

interface AttachmentsOwner {
  readonly share: MemoryShare
  cutOff(): void
}

/**
 * A packet of Socket.IO whose attachments, each a message of its own, have not all come: until then the library
 * keeps them. No event here has any, but a client may send them.
 */
export class Attachments implements Holder {
  readonly #owner: AttachmentsOwner
  readonly sharedBytes = 0
  heldBytes = 0
  #missing = 0

  constructor(owner: AttachmentsOwner) {
    this.#owner = owner
  }

  get address(): string {
    return this.#owner.share.address
  }

  /** Counts a message. Returns false when there are too many bytes: the connection must end. */
  hear(packet: string | Buffer | undefined): boolean {
    if (typeof packet !== 'string') this.#missing--
    else this.#missing = Number(WITH_ATTACHMENTS.exec(packet)?.[1] ?? 0)
    if (this.#missing <= 0) this.clear()
    else {
      if (this.heldBytes === 0) this.#owner.share.memory.add(this)
      this.heldBytes += packet?.length ?? 0
    }
    return this.heldBytes <= MAX_BYTES
  }

  clear(): void {
    this.#missing = 0
    if (this.heldBytes === 0) return
    this.heldBytes = 0
    this.#owner.share.memory.delete(this)
  }

  cutOff(): void {
    this.#owner.cutOff()
  }
}
