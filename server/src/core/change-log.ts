import { runNextTurn } from '../lib/timers.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { ChangeStore, ConversationStore, LoggedChange, MemberStore } from '../store/store.ts'
import type { ConversationChange } from './events.ts'
import type { AccountId, Conversation, ConversationId, Member } from './types.ts'

interface ChangesSince {
  /** In order, without messages that were deleted or purged since and members that have left since. */
  readonly events: readonly ConversationChange[]
  /** The last change that was looked at; the one asked from when there is none after it. */
  readonly upTo: number
}

/** Changes read at once. */
const PAGE = 500

/** The changes of conversations, for readers that may have missed some. */
export class ChangeLog {
  readonly #store: { changes: ChangeStore; conversations: ConversationStore; members: MemberStore }
  #asked: Map<ConversationId, PromiseWithResolvers<number>> | undefined

  constructor(store: { changes: ChangeStore; conversations: ConversationStore; members: MemberStore }) {
    this.#store = store
  }

  /** The number of its last change; 0 when it does not exist. All calls of one turn are one question to the store. */
  last(conversationId: ConversationId): Promise<number> {
    if (!this.#asked) {
      this.#asked = new Map()
      runNextTurn(() => this.#askLast())
    }
    const asked = this.#asked.get(conversationId) ?? Promise.withResolvers<number>()
    this.#asked.set(conversationId, asked)
    return asked.promise
  }

  /** As `last`, of all of them; those that do not exist are left out. */
  lastOfEach(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>> {
    return this.#store.changes.last(conversationIds)
  }

  /** The change that made the account a member of each. */
  joining(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, number>> {
    return this.#store.changes.joining(accountId, conversationIds)
  }

  /** At most `limit` after that change. */
  async since(conversationId: ConversationId, after: number, limit = PAGE): Promise<ChangesSince> {
    const logged = await this.#store.changes.since(conversationId, after, limit)
    const upTo = logged.at(-1)?.change ?? after
    const conversation = await this.#store.conversations.find(conversationId)
    if (!conversation || logged.length === 0) return { events: [], upTo }
    const members = logged.some(({ kind }) => TOLD_WITH_MEMBERS.has(kind))
      ? await this.#store.members.list(conversationId)
      : []
    return { events: logged.flatMap((each) => eventOf(each, conversation, members) ?? []), upTo }
  }

  async #askLast(): Promise<void> {
    const asked = this.#asked ?? new Map<ConversationId, PromiseWithResolvers<number>>()
    this.#asked = undefined
    try {
      const found = await this.#store.changes.last([...asked.keys()])
      for (const [conversationId, { resolve }] of asked) resolve(found.get(conversationId) ?? 0)
    } catch (error) {
      for (const { reject } of asked.values()) reject(error)
    }
  }
}

/** Kinds whose events name members. */
const TOLD_WITH_MEMBERS: ReadonlySet<LoggedChange['kind']> = new Set(['created', 'joined', 'member_changed'])

function eventOf(
  logged: LoggedChange,
  conversation: Conversation,
  members: readonly Member[],
): ConversationChange | undefined {
  const { conversationId } = conversation
  const { change } = logged
  switch (logged.kind) {
    case 'sent': {
      const { message } = logged
      return message && { type: 'message.sent', conversationId, change, conversation, message }
    }
    case 'edited': {
      const { message } = logged
      return message && { type: 'message.edited', conversationId, change, conversation, message }
    }
    case 'reacted': {
      const { message, by } = logged
      if (!message) return undefined
      const { seq, reactions } = message
      // Its own change, not the message's newest: else a reader would take the event for all that was done up to there,
      // and the edit that follows it for one that it has.
      return { type: 'message.reacted', conversationId, change, seq, version: change, reactions, by }
    }
    case 'pinned':
    case 'unpinned': {
      const { seq, accountId: byId, at } = logged
      return { type: `message.${logged.kind}`, conversationId, change, seq, byId, at }
    }
    case 'deleted': {
      const { messageId, seq, at: deletedAt } = logged
      return { type: 'message.deleted', conversationId, change, messageId, seq, deletedAt }
    }
    case 'created':
      return { type: 'conversation.created', conversationId, change, conversation, members }
    case 'joined': {
      const member = members.find(({ accountId }) => accountId === logged.accountId)
      return member && { type: 'member.joined', conversationId, change, member }
    }
    case 'purged': {
      const { upToSeq, at } = logged
      return { type: 'history.purged', conversationId, change, upToSeq, at }
    }
    case 'forgotten':
      return undefined
    case 'conversation_changed':
      return { type: 'conversation.changed', conversationId, change, conversation, byId: logged.byId }
    case 'member_changed': {
      const { accountId, byId } = logged
      const member = members.find((each) => each.accountId === accountId)
      return member && { type: 'member.changed', conversationId, change, member, byId }
    }
    case 'left':
      return {
        ...{ type: 'member.left', conversationId, change },
        ...{ accountId: logged.accountId, byId: logged.byId },
      }
    default:
      return unreachable(logged)
  }
}
