import { type Chat, type Conversation, type ConversationId, toConversationId } from '../../core/chat.ts'
import { type ChatChannel, type ChatPair, chatName } from './channel-names.ts'
import type { ChannelReference } from './wire.ts'

/** Remembered names; past this the longest unused go, and are looked up again when asked for. */
const MAX_REMEMBERED = 10_000

/**
 * The private conversations by the names this dialect gives them. Their members never change, so found ones are
 * remembered.
 */
export class ChatChannels {
  readonly #conversations: Chat['conversations']
  readonly #byName = new Map<string, ChatChannel>()
  readonly #byId = new Map<ConversationId, ChatChannel>()

  constructor(conversations: Chat['conversations']) {
    this.#conversations = conversations
  }

  /** Undefined when nobody has such a private conversation, or its name is in the other order. */
  async find(reference: ChannelReference): Promise<ChatChannel | undefined> {
    switch (reference.by) {
      case 'name':
        return this.findByPair(reference.pair)
      case 'id':
        return this.findById(toConversationId(reference.id))
      case 'unknown':
        return undefined
    }
  }

  async findByPair(pair: ChatPair): Promise<ChatChannel | undefined> {
    const known = this.#byName.get(chatName(pair))
    if (known) return this.#remember(known)
    const conversation = await this.#conversations.findPrivate(...pair)
    if (conversation?.creatorId !== pair[0]) return undefined
    return this.#remember({ conversationId: conversation.conversationId, pair })
  }

  async findById(conversationId: ConversationId): Promise<ChatChannel | undefined> {
    const known = this.#byId.get(conversationId)
    if (known) return this.#remember(known)
    const conversation = await this.#conversations.find(conversationId)
    return conversation?.kind === 'private' ? this.of(conversation) : undefined
  }

  /** The name of a conversation that is known to be private. */
  async of({
    conversationId,
    creatorId,
  }: Pick<Conversation, 'conversationId' | 'creatorId'>): Promise<ChatChannel> {
    const known = this.#byId.get(conversationId)
    if (known) return this.#remember(known)
    const members = await this.#conversations.members(conversationId)
    const other = members.find(({ accountId }) => accountId !== creatorId)
    if (!other) throw new Error('a private conversation has two members')
    return this.#remember({ conversationId, pair: [creatorId, other.accountId] })
  }

  #remember(channel: ChatChannel): ChatChannel {
    const name = chatName(channel.pair)
    // Deleted first: a map keeps its keys in the order they were set, so the first is the longest unused.
    this.#byName.delete(name)
    this.#byName.set(name, channel)
    this.#byId.set(channel.conversationId, channel)
    if (this.#byName.size > MAX_REMEMBERED) this.#forgetOne()
    return channel
  }

  #forgetOne(): void {
    for (const [name, { conversationId }] of this.#byName) {
      this.#byName.delete(name)
      this.#byId.delete(conversationId)
      return
    }
  }
}
