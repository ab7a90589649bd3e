import type { Account, AccountId } from '../core/chat.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { AccountNews } from './account-feeds.ts'
import type { Frame } from './frame.ts'
import { HeardConversations } from './heard-conversations.ts'
import type { LiveAccounts } from './live-accounts.ts'
import type { LiveConnection } from './live-connection.ts'
import { LiveCredentials } from './live-credentials.ts'

type Credentials = Pick<Account, 'accountId' | 'credentialsSince'>

/**
 * How an opening ended: `revoked` when the credentials are void by now, `ended` when the connection has ended, which
 * then holds nothing.
 */
type Opened = 'live' | 'revoked' | 'ended'

/**
 * One account behind one connection. `open` goes through these steps, in this order for every dialect:
 *
 * 1. Follow the account: from here on it is told of a revocation, and of each conversation left or joined.
 * 2. Wait until the news of every node arrives.
 * 3. Check the credentials again: a revocation between their first check and step 1 was told to nobody here.
 * 4. Hear conversations. Memberships are read now that a change of them would be told.
 * 5. Be present. This comes last, so that nobody is shown online by a connection that is refused.
 *
 * From step 1 on news takes effect at once: a revocation ends the connection, a leaving ends the hearing. After an
 * outage a review tells what holds now, and takes effect likewise.
 *
 * `end` gives everything back at whatever step it comes, also what the step takes hold of that is running then.
 */
export class LiveAccount {
  readonly accountId: AccountId
  readonly conversations: HeardConversations
  readonly #accounts: LiveAccounts
  readonly #connection: LiveConnection
  readonly #credentials: LiveCredentials
  #isRevoked = false
  #hasEnded = false
  /** Ends the presence; a promise of that while the presence begins. */
  #depart: (() => Promise<void>) | Promise<() => Promise<void>> | undefined

  /** `credentialsSince` is as it was when the account proved itself. */
  constructor(accounts: LiveAccounts, account: Credentials, connection: LiveConnection) {
    this.accountId = account.accountId
    this.#credentials = new LiveCredentials(account.credentialsSince, connection.sessionId)
    this.#accounts = accounts
    this.#connection = connection
    this.conversations = new HeardConversations(accounts.parts, connection, this)
  }

  /**
   * Begins to speak and hear as the account. `hear` prepares what is to be heard of conversations. Gives everything back
   * when a step fails, or the credentials are void.
   */
  async open(hear?: () => Promise<void>): Promise<Opened> {
    const { feeds, chat } = this.#accounts.parts
    try {
      // 1. Follow
      if (!this.isOver) this.#accounts.add(this)
      // 2. Wait
      await feeds.accountReady(this.accountId)
      // 3. Check
      const account = await chat.accounts.find(this.accountId)
      if (!(await this.#credentials.hold(account, chat))) this.#isRevoked = true
      // 4. Hear
      if (!this.isOver) await hear?.()
      // 5. Be present
      if (account && !this.isOver && !this.#connection.isAbsent)
        await this.#appear(chat.presence.connect(account))
    } catch (error) {
      await this.end()
      throw error
    }
    if (this.#isRevoked) await this.end()
    return this.#isRevoked ? 'revoked' : this.isOver ? 'ended' : 'live'
  }

  /** Ends the presence by this connection, which hears on. */
  async goAbsent(): Promise<void> {
    const depart = this.#depart
    this.#depart = undefined
    if (typeof depart === 'function') await depart()
    // A presence that failed to begin needs no end: `open` rejects with that failure.
    else await depart?.then((end) => end(), nothing)
  }

  /** The connection hears nothing more, and counts as online until its end. */
  stop(): void {
    this.#hasEnded = true
    this.#accounts.remove(this)
    this.conversations.end()
  }

  /** Settles when nothing is held, and nobody takes the account for present because of the connection. */
  async end(): Promise<void> {
    this.stop()
    await this.goAbsent()
  }

  /** `LiveAccounts` calls this. */
  receive(news: AccountNews, frame: Frame | undefined): void {
    if (frame) this.#connection.sink?.send(frame)
    if (this.#credentials.areVoidedBy(news)) {
      this.#revoke()
      return
    }
    this.#connection.onNews?.(news)
    switch (news.type) {
      case 'account.left':
        this.conversations.leave(news.conversationId)
        return
      case 'account.joined':
        this.conversations.joined(news.conversationId, news.change)
        return
      case 'account.reviewed':
        this.conversations.review(news.conversationIds)
        this.#connection.onReviewed?.(news)
        return
      case 'account.revoked':
      case 'session.ended':
      case 'account.changed':
      case 'contact.presence':
        return
      default:
        unreachable(news)
    }
  }

  /** Also when the connection has ended, or the opening of it: it holds nothing then. */
  get isOver(): boolean {
    return this.#hasEnded || this.#isRevoked || this.#connection.hasEnded
  }

  /** Remembers the presence before the wait, so that an end meanwhile ends it too. */
  async #appear(connecting: Promise<() => Promise<void>>): Promise<void> {
    this.#depart = connecting
    try {
      const depart = await connecting
      if (this.#depart === connecting) this.#depart = depart
    } catch (error) {
      this.#depart = undefined
      throw error
    }
  }

  #revoke(): void {
    if (this.#isRevoked) return
    this.#isRevoked = true
    this.#connection.onRevoked()
  }
}

const nothing = (): void => undefined
