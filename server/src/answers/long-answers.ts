import { setTimeout } from 'node:timers/promises'
import { type AccountId, ChatError } from '../core/chat.ts'
import { Serial } from '../lib/serial.ts'
import { pause } from '../lib/slices.ts'
import type { Limits } from '../transport/index.ts'
import { Begun } from './pieces.ts'

/**
 * Whoever asks on and on, whatever the answer, is told so late: refusals as fast as they are asked for would keep the
 * processor as busy as the answers.
 */
const REFUSED_AFTER_MS = 200

/** Each so many bytes of an answer count as one more request. */
export const BYTES_PER_TOKEN = 4096

/**
 * Requests whose answers may be long. An account's are dealt with one after the other, over however many
 * connections it asks, and charged by the length of their answers: the next finds what the one before has cost.
 */
export class LongAnswers {
  readonly #limits: Limits
  readonly #turns = new Serial<AccountId>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** What costs an account as much as is known only afterwards: one after the other. */
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

  /** The account may go into debt by it, which is waited out before its next request. */
  charge(accountId: AccountId, bytes: number): void {
    const tokens = Math.floor(bytes / BYTES_PER_TOKEN)
    if (tokens > 0) this.#limits.charge('command', accountId, tokens)
  }

  /** An answer that is made at once, charged for. */
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
