import type { Bus } from '../bus/bus.ts'
import { runEvery } from '../lib/timers.ts'
import type { AccountStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { accountTopic } from './events.ts'
import type { TokenTimes } from './token-times.ts'

/** An operator's command is heard within so long, and the time that its news takes to travel. */
const LOOK_EVERY_MS = 1_000
/** Accounts that are told of in one look; the others follow in the next. */
const MAX_AT_ONCE = 1_000
/** A lesser number that is not visible yet belongs to a write that has still to commit: it is looked for so many looks. */
const LOOKS_BACK = 60
/** Notices from before the start that are told again, which changes nothing: one of them may be such a late one. */
const NUMBERS_BACK = 100

interface AccountNoticesParts {
  readonly store: Pick<AccountStore, 'notices' | 'lastNotice' | 'revoke'>
  readonly tokenTimes: TokenTimes
  readonly bus: Bus
}

/**
 * Tells this server's connections of accounts that another process has disabled, logged out or given another
 * password: an operator's command writes to the database and knows no bus, and a bus may have been away.
 */
export class AccountNotices {
  readonly #parts: AccountNoticesParts
  /** The greatest number of each of the last looks, oldest first: numbers up to the first are all told. */
  #horizons: number[]
  #told = new Set<number>()
  readonly #timer: NodeJS.Timeout
  #isLooking = false

  /** Watches from now on. What was changed before concerns no connection that is yet to come. Rejects 'unavailable'. */
  static async watch(parts: AccountNoticesParts): Promise<AccountNotices> {
    return new AccountNotices(parts, await parts.store.lastNotice())
  }

  private constructor(parts: AccountNoticesParts, last: number) {
    this.#parts = parts
    this.#horizons = [Math.max(0, last - NUMBERS_BACK)]
    this.#timer = runEvery(LOOK_EVERY_MS, () => this.#lookOnce()).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** A look that takes longer than a second is not joined by a second one. */
  async #lookOnce(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#look()
    } catch (error) {
      // A store that is away tells of that itself, and the next look is a second from now.
      if (!(error instanceof ChatError)) throw error
    } finally {
      this.#isLooking = false
    }
  }

  async #look(): Promise<void> {
    const { store, tokenTimes, bus } = this.#parts
    const horizon = this.#horizons[0] ?? 0
    const notices = await store.notices(horizon, this.#told.size + MAX_AT_ONCE)
    for (const { number, accountId, credentialsSince } of notices) {
      if (this.#told.has(number)) continue
      this.#told.add(number)
      if (tokenTimes.isTooEarly(credentialsSince))
        await store.revoke(accountId, { at: tokenTimes.revocation(), disable: false })
      bus.publish(accountTopic(accountId), { type: 'account.revoked', accountId, credentialsSince })
    }
    this.#moveHorizon(notices.at(-1)?.number ?? horizon)
  }

  #moveHorizon(greatest: number): void {
    this.#horizons.push(greatest)
    if (this.#horizons.length <= LOOKS_BACK) return
    this.#horizons.shift()
    const [horizon = 0] = this.#horizons
    for (const number of this.#told) if (number <= horizon) this.#told.delete(number)
  }
}
