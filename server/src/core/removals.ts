import { setTimeout } from 'node:timers/promises'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import { newUuid } from '../lib/ids.ts'
import type { Deleted, PendingRemoval, RemovalStore } from '../store/store.ts'
import type { Conversations } from './conversations.ts'
import type { Credentials } from './credentials.ts'
import { ChatError, isStoreFailure } from './errors.ts'
import { accountTopic, conversationTopic } from './events.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { AccountId, ConversationId } from './types.ts'

/** Messages that are looked at in one step, and so deleted together at most. */
const STEP = 1_000
/** Milliseconds between two tries while the database is away. */
const RETRY_MS = 1_000

/** Refusals of what may succeed a moment later. */
const PASSING: ReadonlySet<ChatError['code']> = new Set(['busy', 'conflict'])

interface RemovalsParts {
  readonly store: RemovalStore
  readonly credentials: Credentials
  readonly conversations: Conversations
  readonly clock: Clock
  readonly bus: Bus
  /** Called when background work has failed. */
  readonly onError: (error: unknown) => void
}

/** Accounts that remove themselves. The rest of a removal goes on in the background, also after a restart. */
export class Removals {
  readonly #parts: RemovalsParts
  readonly #running = new Map<AccountId, Promise<void>>()
  #isClosed = false

  constructor(parts: RemovalsParts) {
    this.#parts = parts
  }

  /**
   * Removes an account for good. From now on it has another name and uuid, no profile, no contacts and no blocks, and
   * all its credentials are void. It then leaves its conversations, and with `messages: 'delete'` its messages go.
   * Refuses 'wrong_credentials', 'busy', 'conflict'.
   */
  async remove(
    accountId: AccountId,
    { password, messages, from }: { password: string; messages: 'keep' | 'delete'; from?: string },
  ): Promise<void> {
    const old = await this.#parts.credentials.requirePassword(accountId, password, from)
    const removal = await this.#remove(accountId, old, { messages, leavesNotices: false })
    this.#start(removal)
  }

  /**
   * The same as an operator wants it, without the password. Servers do the rest, and tell its contacts: they hear of it, or
   * find it when they start. Refuses 'wrong_credentials' for a guest, who has no password, and 'conflict'.
   */
  async removeByOperator(accountId: AccountId, messages: 'keep' | 'delete'): Promise<void> {
    const old = await this.#parts.credentials.storedPassword(accountId)
    if (old === undefined) throw new ChatError('wrong_credentials')
    await this.#remove(accountId, old, { messages, leavesNotices: true })
  }

  async #remove(
    accountId: AccountId,
    old: string,
    { messages, leavesNotices }: { messages: 'keep' | 'delete'; leavesNotices: boolean },
  ): Promise<PendingRemoval> {
    const { store, credentials, bus } = this.#parts
    const removesMessages = messages === 'delete'
    await withFreshFacts(async () => {
      const bonds = await store.bondsOf(accountId)
      const at = credentials.tokenTimes.revocation()
      const removal = { ...bonds, accountId, uuid: newUuid(), old, removesMessages, leavesNotices, at }
      await publishOnCommit(store.remove(removal), ({ credentialsSince, touched }) => {
        for (const row of touched)
          bus.publish(accountTopic(row.accountId), { type: 'account.changed', ...row })
        bus.publish(accountTopic(accountId), { type: 'account.revoked', accountId, credentialsSince })
      })
    })
    return { accountId, removesMessages, messageId: 0 }
  }

  /** Goes on with the removals that another process has begun or left. */
  async resume(): Promise<void> {
    for (const removal of await this.#parts.store.pending()) this.#start(removal)
  }

  /** Settles when no removal is running here. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /** Removals that are not done wait for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.settled()
  }

  #start(removal: PendingRemoval): void {
    const { accountId } = removal
    if (this.#running.has(accountId)) return
    const running = this.#finish(removal)
      .catch(this.#parts.onError)
      .finally(() => this.#running.delete(accountId))
    this.#running.set(accountId, running)
  }

  async #finish({ accountId, removesMessages, messageId }: PendingRemoval): Promise<void> {
    const { store, conversations } = this.#parts
    const ids = await this.#persist(() => conversations.idsOf(accountId))
    for (const conversationId of ids ?? []) await this.#persist(() => this.#leave(accountId, conversationId))
    let next: number | null | undefined = removesMessages ? messageId : null
    while (next !== null && next !== undefined) {
      const from: number = next
      next = await this.#persist(() => this.#deleteAfter(accountId, from))
    }
    if (next === null) await this.#persist(() => store.note({ accountId, messageId: null }))
  }

  async #leave(accountId: AccountId, conversationId: ConversationId): Promise<void> {
    const { conversations } = this.#parts
    const conversation = await conversations.find(conversationId)
    if (!conversation || conversation.kind === 'private') return
    await unlessRefused(conversations.leave(accountId, conversation), 'not_a_member')
  }

  /** Answers the id up to which all is done; null when no message is left. */
  async #deleteAfter(accountId: AccountId, messageId: number): Promise<number | null> {
    const { store } = this.#parts
    const { places, upTo } = await store.messagesAfter(accountId, messageId, STEP)
    // Another node may be at the same removal.
    const deleting = places.map((place) => unlessRefused(this.#takeBack(accountId, place), 'unknown_message'))
    await Promise.all(deleting)
    if (upTo !== null) await store.note({ accountId, messageId: upTo })
    return upTo
  }

  #takeBack(senderId: AccountId, place: { conversationId: ConversationId; seq: number }): Promise<Deleted> {
    const { store, bus, clock } = this.#parts
    const at = clock.nowMicros()
    return publishOnCommit(store.takeBack({ ...place, senderId, at }), (deleted) => {
      bus.publish(conversationTopic(deleted.conversationId), {
        type: 'message.deleted',
        ...deleted,
        deletedAt: at,
      })
    })
  }

  /** Tries again while the database is away, or others change what is to be left. Undefined once this is closed: nothing more is done then. */
  async #persist<Result>(step: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.#isClosed) {
      try {
        return await step()
      } catch (error) {
        const mayPass = isStoreFailure(error) || (error instanceof ChatError && PASSING.has(error.code))
        if (!mayPass) throw error
        await setTimeout(RETRY_MS, undefined, { ref: false })
      }
    }
    return undefined
  }
}

async function unlessRefused(attempt: Promise<unknown>, code: ChatError['code']): Promise<void> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof ChatError && error.code === code)) throw error
  }
}
