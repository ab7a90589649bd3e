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

  /** Refuses `not_a_member`: as 403 where the asker may know that the conversation is there, else as an absent one. */
  async standing({ account }: Asker, name: string): Promise<Standing> {
    const conversationId = conversationIdIn(name)
    const standing = await this.#chat.conversations.standing(account.accountId, conversationId)
    if (standing) return standing
    throw await this.#stranger(account.accountId, conversationId)
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
    if (!found) throw await this.#stranger(account.accountId, conversationId)
    return listingOf(found)
  }

  /** To one who is banned it is as if it were not there. */
  async #stranger(accountId: AccountId, conversationId: ConversationId): Promise<Error> {
    const { conversations, directory } = this.#chat
    const conversation = await conversations.find(conversationId)
    const isShown = conversation !== undefined && (await directory.shows(accountId, conversation))
    return isShown ? new Refusal('not_a_member', { status: 403 }) : new ChatError('not_a_member')
  }
}

/** The asker's id, of which most commands are. */
export const idOf = ({ account }: Asker): AccountId => account.accountId
