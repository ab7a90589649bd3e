import type { Account, Conversation, Conversations } from '../../core/chat.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import type { Membership } from './wire.ts'

/** The conversations that an account may address, by their names. */
export class Directory {
  readonly #conversations: Conversations
  readonly #limits: Limits

  constructor(conversations: Conversations, limits: Limits) {
    this.#conversations = conversations
    this.#limits = limits
  }

  /**
   * A conversation of the account by gid, an open one by gid or name. A gid lets in anyone who knows it, so names
   * that lead nowhere are counted against the address. The account's own conversations are found all the same.
   */
  async find(account: Account, name: string, address: string): Promise<Conversation | undefined> {
    const found = await this.#conversations.findByGidOrName(name)
    if (found && (await this.#conversations.standing(account.accountId, found.conversationId))) return found
    requireWithinLimit(this.#limits.take('guess', address))
    if (found?.kind !== 'open') return undefined
    this.#limits.giveBack('guess', address)
    return found
  }

  /** Counts a name that was refused as taken: one that is a gid was perhaps a guess. */
  async countRefusedName(name: string, address: string): Promise<void> {
    if (await this.#conversations.findByGid(name)) this.#limits.take('guess', address)
  }

  async membershipOf({ accountId, currentConversationId }: Account): Promise<Membership> {
    // The groups come in the order in which they were opened.
    const groups = await this.#conversations.listNames(accountId)
    return { groups, currentId: currentConversationId }
  }
}
