interface Newcomer {
  cutOff(): void
}

/**
 * Sessions that are open and have not entered a namespace: each takes 10 KB, and needs no account. Past the bound
 * the oldest is cut off, since a serious client enters at once.
 */
export class Newcomers<Session extends Newcomer> {
  readonly #bound: number
  /** In the order of arrival. */
  readonly #sessions = new Set<Session>()

  constructor(bound: number) {
    this.#bound = bound
  }

  add(session: Session): void {
    this.#sessions.add(session)
    if (this.#sessions.size <= this.#bound) return
    const [oldest] = this.#sessions
    if (!oldest) return
    this.#sessions.delete(oldest)
    oldest.cutOff()
  }

  /** Removes a session that has entered or is gone. */
  delete(session: Session | undefined): void {
    if (session) this.#sessions.delete(session)
  }
}
