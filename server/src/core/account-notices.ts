import type { Bus } from '../bus/bus.ts'
import { runEvery } from '../lib/timers.ts'
import type { AccountStateStore, AccountStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { accountTopic } from './events.ts'
import type { TokenTimes } from './token-times.ts'
import type { AccountId } from './types.ts'

/** Milliseconds between looks: an operator's command takes effect after this at most, and the time its news travels. */
const LOOK_EVERY_MS = 1_000
/** Accounts published in one look; the others follow in the next. */
const MAX_AT_ONCE = 1_000
/** Looks for which a missing lesser number is awaited: its write may commit after that of a greater number. */
const LOOKS_BACK = 60
/** Notices from before the start that are published again, without effect: a write among them may commit late. */
const NUMBERS_BACK = 100

interface AccountNoticesParts {
  readonly store: Pick<AccountStore, 'notices' | 'lastNotice' | 'revoke'>
  readonly state: AccountStateStore
  readonly tokenTimes: TokenTimes
  readonly bus: Bus
  /** Called after news, which may be that an operator has removed an account: what is left to do for it is done by servers. */
  readonly onNews: () => void
}

/**
 * Tells this server's connections when another process has disabled an account, logged it out, changed its password or
 * ended a session of it, or has removed an account that it was a contact of. An operator's command writes to the database and knows no bus, a bus may have been away, and a
 * node may die between its commit and the news of it.
 */
export class AccountNotices {
  readonly #parts: AccountNoticesParts
  /** The greatest number of each of the last looks, oldest first: all numbers up to the first are published. */
  #horizons: number[]
  #told = new Set<number>()
  readonly #timer: NodeJS.Timeout
  #isLooking = false

  /** Watches from now on: later connections see earlier changes anyway. Rejects 'unavailable'. */
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

  /** Does nothing while the last look still runs, as one may for longer than a second. */
  async #lookOnce(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#look()
    } catch (error) {
      // The store reports its outage itself, and the next look comes a second from now.
      if (!(error instanceof ChatError)) throw error
    } finally {
      this.#isLooking = false
    }
  }

  async #look(): Promise<void> {
    const { store, tokenTimes, bus, onNews } = this.#parts
    const horizon = this.#horizons[0] ?? 0
    const toldBefore = this.#told.size
    const notices = await store.notices(horizon, this.#told.size + MAX_AT_ONCE)
    for (const { number, accountId, credentialsSince, keptSessionId } of notices) {
      if (this.#told.has(number)) continue
      this.#told.add(number)
      if (tokenTimes.isTooEarly(credentialsSince))
        await store.revoke(accountId, { at: tokenTimes.revocation(), disable: false })
      const kept = keptSessionId === null ? {} : { keptSessionId }
      const news = { type: 'account.revoked', accountId, credentialsSince, ...kept } as const
      bus.publish(accountTopic(accountId), news)
      await this.#tellOfState(accountId)
    }
    if (this.#told.size > toldBefore) onNews()
    this.#moveHorizon(notices.at(-1)?.number ?? horizon)
  }

  /** Tells of the row that was touched last: whoever hears it reads all those before that it was not told of. */
  async #tellOfState(accountId: AccountId): Promise<void> {
    const { state, bus } = this.#parts
    const [row] = await state.since(accountId, (await state.cursor(accountId)) - 1, 1)
    if (row) bus.publish(accountTopic(accountId), { type: 'account.changed', accountId, ...row })
  }

  #moveHorizon(greatest: number): void {
    this.#horizons.push(greatest)
    if (this.#horizons.length <= LOOKS_BACK) return
    this.#horizons.shift()
    const [horizon = 0] = this.#horizons
    for (const number of this.#told) if (number <= horizon) this.#told.delete(number)
  }
}
