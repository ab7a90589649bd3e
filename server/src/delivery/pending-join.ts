import type { ConversationId } from '../core/chat.ts'
import type { Audiences } from './audiences.ts'

/** A connection on its way into a conversation, which its account may leave meanwhile. */
export class PendingJoin {
  readonly conversationId: ConversationId
  readonly #audiences: Audiences
  #isCancelled = false

  constructor(audiences: Audiences, conversationId: ConversationId) {
    this.#audiences = audiences
    this.conversationId = conversationId
  }

  get isCancelled(): boolean {
    return this.#isCancelled
  }

  cancel(): void {
    this.#isCancelled = true
  }

  /**
   * Resolves once no event there is missed. `isMember` asks again, now that a leaving would be told: one that came before
   * was told to nobody here.
   */
  async ready(isMember?: () => Promise<boolean>): Promise<void> {
    await this.#audiences.ready(this.conversationId)
    if (isMember && !(await isMember())) this.cancel()
  }
}
