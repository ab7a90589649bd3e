import type { Bus } from '../bus/bus.ts'
import type { ChangedRoles, CreatedConversation, Joined, Left, TouchedRow } from '../store/store.ts'
import { accountTopic, conversationTopic } from './events.ts'
import type { AccountId, ConversationId } from './types.ts'

/** Tells conversations and accounts who has come, gone, or got another role. */
export class MemberNews {
  readonly #bus: Bus

  constructor(bus: Bus) {
    this.#bus = bus
  }

  created({ conversation, members, touched }: CreatedConversation): void {
    const { conversationId, lastChange: change } = conversation
    // Members first: their live connections join the audience that the second event is for.
    for (const { accountId } of members) {
      const news = { type: 'account.joined', accountId, conversationId, change } as const
      this.#bus.publish(accountTopic(accountId), { ...news, ...numberOf(touched, accountId) })
    }
    this.#bus.publish(conversationTopic(conversationId), {
      type: 'conversation.created',
      conversationId,
      change,
      conversation,
      members,
    })
  }

  joined({ member, change, isNew, touched }: Joined): void {
    if (!isNew) return
    const { conversationId, accountId } = member
    const news = { type: 'account.joined', accountId, conversationId, change } as const
    this.#bus.publish(accountTopic(accountId), { ...news, ...numberOf(touched, accountId) })
    this.#bus.publish(conversationTopic(conversationId), {
      type: 'member.joined',
      conversationId,
      change,
      member,
    })
  }

  left(
    { conversationId, accountId }: { readonly conversationId: ConversationId; readonly accountId: AccountId },
    { change, heir, touched }: Left,
    byId: AccountId | null = null,
  ): void {
    const news = { conversationId, accountId } as const
    this.#bus.publish(conversationTopic(conversationId), { type: 'member.left', change, byId, ...news })
    this.#bus.publish(accountTopic(accountId), {
      type: 'account.left',
      ...news,
      ...numberOf(touched, accountId),
    })
    const others = touched.filter((row) => row.accountId !== accountId)
    if (heir) this.changed({ changed: [heir], touched: others }, accountId)
  }

  changed({ changed, touched }: ChangedRoles, byId: AccountId): void {
    for (const { member, change } of changed) {
      const { conversationId } = member
      const news = { type: 'member.changed', conversationId, change, member, byId } as const
      this.#bus.publish(conversationTopic(conversationId), news)
    }
    for (const row of touched)
      this.#bus.publish(accountTopic(row.accountId), { type: 'account.changed', ...row })
  }
}

/** The number of the account's membership, which is the one row of each account that these writes touch. */
const numberOf = (touched: readonly TouchedRow[], accountId: AccountId): { readonly number?: number } => {
  const number = touched.find((row) => row.accountId === accountId)?.number
  return number === undefined ? {} : { number }
}
