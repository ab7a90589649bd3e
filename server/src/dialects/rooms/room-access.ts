import { type Account, type Chat, ChatError, type ConversationId, type Standing } from '../../core/chat.ts'
import { isGid } from '../../lib/ids.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { REFUSALS, Refusal } from './errors.ts'

/** Where this dialect's login secrets are valid. */
const SESSION_KIND = 'rooms'
/** Requests that the entry of a live connection counts as. */
const ENTRY_COST = 5

/** Checks who may enter which room: the same for HTTP, raw TCP and Socket.IO. */
export class RoomAccess {
  readonly #chat: Chat
  readonly #limits: Limits

  constructor(chat: Chat, limits: Limits) {
    this.#chat = chat
    this.#limits = limits
  }

  /** A new secret, which the client knows as its uuid. */
  openSession(account: Account): Promise<string> {
    return this.#chat.sessions.open(account.accountId, SESSION_KIND)
  }

  /** The account that the secret speaks for. A public uuid is no secret. Refuses 'Unknown user'. */
  async identify(secret: string, address: string): Promise<Account> {
    const account = await this.#chat.sessions.authenticate(secret, SESSION_KIND)
    if (!account) throw new Refusal(REFUSALS.unknownUser)
    this.#chat.credentials.noteProof(address)
    return account
  }

  /**
   * Refuses 'unknown_conversation'; 'rate_limited' an address that has guessed wrong too often, whose
   * members still come in.
   */
  async enter(account: Account, gid: string, address: string): Promise<Standing> {
    const conversation = isGid(gid) ? await this.#chat.conversations.findByGid(gid) : undefined
    const standing =
      conversation &&
      (await this.#chat.conversations.standing(account.accountId, conversation.conversationId))
    if (standing) return standing
    requireWithinLimit(this.#limits.take('guess', address))
    if (!conversation) throw new ChatError('unknown_conversation')
    const entered = await this.#chat.conversations.enter(account, conversation)
    this.#limits.giveBack('guess', address)
    return entered
  }

  /** Charges a live connection's entry, which everybody there hears, like its leaving. Refuses 'rate_limited'. */
  countEntry({ accountId }: Account): void {
    requireWithinLimit(this.#limits.take('command', accountId, ENTRY_COST))
  }

  async isIn({ accountId }: Account, conversationId: ConversationId): Promise<boolean> {
    return (await this.#chat.conversations.standing(accountId, conversationId)) !== undefined
  }
}
