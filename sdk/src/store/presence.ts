import { Live, type Observable } from '../lib/live.ts'
import type { Runtime } from '../lib/runtime.ts'
import type { Signal } from '../wire/frames.ts'

/** A writer who is not heard again within that time has stopped. */
const TYPING_MS = 8_000
const NOBODY: readonly string[] = []

/** News of others as it happens: presence, typing and receipts, of all that is watched. */
export class Presence {
  readonly #runtime: Pick<Runtime, 'after'>
  readonly #online = new Set<string>()
  /** By conversation and account, what ends the typing. */
  readonly #typing = new Map<string, Map<string, () => void>>()
  readonly #receipts = new Map<string, ReadonlyMap<string, number>>()
  readonly #live = new Map<string, Live<unknown>>()

  constructor(runtime: Pick<Runtime, 'after'>) {
    this.#runtime = runtime
  }

  isOnline(account: string): Observable<boolean> {
    return this.#observable(`online ${account}`, () => this.#online.has(account))
  }

  /** Accounts that are writing there. */
  typing(conversation: string): Observable<readonly string[]> {
    return this.#observable(`typing ${conversation}`, () => {
      const writers = this.#typing.get(conversation)
      return writers ? [...writers.keys()] : NOBODY
    })
  }

  /** By account, how far it has read. */
  receipts(conversation: string): Observable<ReadonlyMap<string, number>> {
    return this.#observable(`receipts ${conversation}`, () => this.#receipts.get(conversation) ?? new Map())
  }

  apply(signal: Signal): void {
    if (signal.op === 'presence') {
      if (signal.online) this.#online.add(signal.account)
      else this.#online.delete(signal.account)
      this.#live.get(`online ${signal.account}`)?.changed()
    } else if (signal.op === 'receipt') {
      const { conversation, account, readSeq } = signal
      this.#receipts.set(conversation, new Map(this.#receipts.get(conversation)).set(account, readSeq))
      this.#live.get(`receipts ${conversation}`)?.changed()
    } else if (signal.isTyping) this.#startTyping(signal.conversation, signal.account)
    else this.stopTyping(signal.conversation, signal.account)
  }

  /** Also when a message of that account comes. */
  stopTyping(conversation: string, account: string): void {
    const writers = this.#typing.get(conversation)
    writers?.get(account)?.()
    if (!writers?.delete(account)) return
    if (writers.size === 0) this.#typing.delete(conversation)
    this.#live.get(`typing ${conversation}`)?.changed()
  }

  /** The connection is gone: nothing is known of anybody. */
  clear(): void {
    for (const writers of this.#typing.values()) for (const cancel of writers.values()) cancel()
    this.#typing.clear()
    this.#online.clear()
    this.#receipts.clear()
    for (const live of this.#live.values()) live.changed()
  }

  #startTyping(conversation: string, account: string): void {
    const writers = this.#typing.get(conversation) ?? new Map<string, () => void>()
    writers.get(account)?.()
    writers.set(
      account,
      this.#runtime.after(TYPING_MS, () => this.stopTyping(conversation, account)),
    )
    this.#typing.set(conversation, writers)
    this.#live.get(`typing ${conversation}`)?.changed()
  }

  #observable<Value>(name: string, compute: () => Value): Observable<Value> {
    const found = this.#live.get(name)
    // A name is always computed by the same function.
    if (found) return found as Live<Value>
    const live = new Live(compute)
    this.#live.set(name, live)
    return live
  }
}
