import type * as Wire from '@parlance/protocol'
import {
  type AccountId,
  type Chat,
  ChatError,
  type ConversationId,
  type MessageDetails,
  type Standing,
} from '../../core/chat.ts'
import type { Asker } from './call.ts'
import { conversationIdIn } from './names.ts'
import { Refusal } from './refusal.ts'
import { listingOf } from './wire.ts'

/** Conversations as an asker finds them by their ids. */
export class Places {
  readonly #chat: Chat

  constructor(chat: Chat) {
    this.#chat = chat
  }

  /** Refuses `not_a_member`: as 403 where everybody may know that the conversation is there, else as an absent one. */
  async standing({ account }: Asker, name: string): Promise<Standing> {
    const conversationId = conversationIdIn(name)
    const standing = await this.#chat.conversations.standing(account.accountId, conversationId)
    if (standing) return standing
    throw await this.#stranger(conversationId)
  }

  /** As `standing`; a listed open conversation makes the asker a member. One that is not listed is entered by its name. */
  async entered(asker: Asker, name: string): Promise<Standing> {
    const conversationId = conversationIdIn(name)
    const standing = await this.#chat.conversations.standing(asker.account.accountId, conversationId)
    if (standing) return standing
    const conversation = await this.#chat.conversations.find(conversationId)
    if (!conversation?.isListed) throw new ChatError('unknown_conversation')
    return this.#chat.conversations.enter(asker.account, conversation)
  }

  /** A message, or its tombstone. Refuses `not_found`. */
  async message({ conversation }: Standing, seq: number): Promise<MessageDetails> {
    const found = await this.#chat.messages.get({ conversationId: conversation.conversationId, seq })
    if (!found) throw new Refusal('not_found')
    return found
  }

  /** The asker's own listing. Refuses as `standing`. */
  async listing({ account }: Asker, conversationId: ConversationId): Promise<Wire.Listing> {
    const [found] = await this.#chat.memberships.find(account.accountId, [conversationId])
    if (!found) throw await this.#stranger(conversationId)
    return listingOf(found)
  }

  async #stranger(conversationId: ConversationId): Promise<Error> {
    const conversation = await this.#chat.conversations.find(conversationId)
    const isPublic = conversation?.kind === 'open' && conversation.isListed
    return isPublic ? new Refusal('not_a_member', { status: 403 }) : new ChatError('not_a_member')
  }
}

/** The asker's id, of which most commands are. */
export const idOf = ({ account }: Asker): AccountId => account.accountId
