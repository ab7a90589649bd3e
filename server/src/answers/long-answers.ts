import { setTimeout } from 'node:timers/promises'
import { type AccountId, ChatError } from '../core/chat.ts'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import { pause } from '../lib/slices.ts'
import type { Limits } from '../transport/index.ts'
import { Begun } from './pieces.ts'

/**
 * Milliseconds until a refusal is sent. To a client that asks on and on whatever the answer, refusals at once would
 * keep the processor as busy as the answers.
 */
const REFUSED_AFTER_MS = 200

/** Bytes of an answer that count as one more request. */
export const BYTES_PER_TOKEN = 4096

/**
 * Requests whose answers may be long. An account's requests are answered one after the other, over all its
 * connections. Each is charged by the length of its answer before the next begins.
 */
export class LongAnswers {
  readonly #limits: Limits
  readonly #turns = new KeyedQueue<AccountId>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Runs an account's tasks one after the other: the cost of each is known only afterwards. */
  inTurn<T>(accountId: AccountId, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(accountId, work)
  }

  /** Refuses 'rate_limited', after `REFUSED_AFTER_MS`. `make` charges for what it makes. */
  async ask<T>(accountId: AccountId, make: () => Promise<T>): Promise<T> {
    const outcome = await this.inTurn(accountId, async () => {
      await pause()
      const retryAfterSeconds = this.#limits.take('command', accountId)
      return retryAfterSeconds > 0 ? { retryAfterSeconds } : { made: await make() }
    })
    if ('made' in outcome) return outcome.made
    await setTimeout(REFUSED_AFTER_MS)
    throw new ChatError('rate_limited', outcome)
  }

  /** Charges for bytes of an answer. The account may go into debt, which it must wait out before its next request. */
  charge(accountId: AccountId, bytes: number): void {
    const tokens = Math.floor(bytes / BYTES_PER_TOKEN)
    if (tokens > 0) this.#limits.charge('command', accountId, tokens)
  }

  /** An answer that is made at once, and charged for. */
  whole(accountId: AccountId, bytes: Buffer): Begun {
    this.charge(accountId, bytes.length)
    return Begun.of(bytes)
  }

  /** The same pieces, each charged for when it is taken. */
  async *charged(accountId: AccountId, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let owed = 0
    for await (const piece of pieces) {
      owed += piece.length
      this.charge(accountId, owed)
      owed %= BYTES_PER_TOKEN
      yield piece
    }
  }
}
