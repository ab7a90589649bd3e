interface Poller {
  cutOff(): void
}

/** Milliseconds that any client may be between two polls: after an event of a room, all its pollers are. */
const GRACE_MS = 2_000

/**
 * Sessions whose last poll is answered and whose next has not come. Each takes 10 KB without a socket of its own.
 * Socket.IO keeps it for 45 seconds: clients are told to wait as long, and come back to it after a gap in their
 * network. Past the bound the one that has been away longest is cut off.
 */
export class AbsentPollers<Session extends Poller> {
  readonly #bound: number
  readonly #nowMs: () => number
  /** When each went, in that order. */
  readonly #sinceMs = new Map<Session, number>()

  constructor(bound: number, nowMs: () => number = () => performance.now()) {
    this.#bound = bound
    this.#nowMs = nowMs
  }

  /** Adds a session whose poll has just been answered. */
  add(session: Session): void {
    const nowMs = this.#nowMs()
    this.#sinceMs.delete(session)
    this.#sinceMs.set(session, nowMs)
    if (this.#sinceMs.size > this.#bound) this.#cutOffUntil(nowMs - GRACE_MS)
  }

  /** Removes a session that polls again, has a WebSocket by now, or is gone. */
  delete(session: Session): void {
    this.#sinceMs.delete(session)
  }

  #cutOffUntil(wentMs: number): void {
    for (const [session, sinceMs] of this.#sinceMs) {
      if (this.#sinceMs.size <= this.#bound || sinceMs > wentMs) return
      this.#sinceMs.delete(session)
      session.cutOff()
    }
  }
}
