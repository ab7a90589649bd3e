import type { Account, Chat, ConversationId } from '../../core/chat.ts'
import type { AccountNews, Audiences, Feeds } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type SocketIoConnection, socketIoFrame } from '../../transport/index.ts'
import { userNotAuthorized } from './errors.ts'
import { passwordRequired } from './identity.ts'
import type { WireAnswer } from './wire.ts'

/** A read of the log, and what to do once its answer is on its way: then the live messages follow. */
interface Entered<T> {
  readonly result: T
  readonly begin: () => void
}

/** One socket: who it speaks as, and which group it is in. At most one of each. */
export class Session {
  readonly connection: SocketIoConnection
  readonly #chat: Chat
  readonly #feeds: Feeds
  readonly #audiences: Audiences
  #account: Account | undefined
  #groupId: ConversationId | undefined
  #isClosed = false
  #releases: readonly (() => void | Promise<void>)[] = []

  constructor(
    connection: SocketIoConnection,
    { chat, feeds, audiences }: { chat: Chat; feeds: Feeds; audiences: Audiences },
  ) {
    this.connection = connection
    this.#chat = chat
    this.#feeds = feeds
    this.#audiences = audiences
  }

  /** As it was when the socket was bound. */
  get account(): Account | undefined {
    return this.#account
  }

  get groupId(): ConversationId | undefined {
    return this.#groupId
  }

  /** Returns how many bytes the frame has. */
  emit({ event, payload }: WireAnswer): number {
    const frame = socketIoFrame(event, payload)
    this.connection.sink.send(frame)
    return frame.bytes.length
  }

  /** From now on the socket speaks as this account and ends with its credentials. */
  async bind(account: Account): Promise<void> {
    const { accountId } = account
    try {
      this.#hold(this.#feeds.followAccount(accountId, (news) => this.#hear(news, account)))
      this.#hold(await this.#chat.presence.connect(account))
      await this.#requireNotRevoked(account)
      this.#account = account
    } catch (error) {
      await this.release()
      throw error
    }
  }

  /** In the group once `begin` is called, and out of the one it was in before. If `read` fails nothing changes. */
  async enter<T extends { readonly lastSeq: number }>(
    conversationId: ConversationId,
    read: () => Promise<T>,
  ): Promise<Entered<T>> {
    const { sink } = this.connection
    const joining = { accountId: this.#account?.accountId, read }
    const { result, begin } = await this.#audiences.joinAfter(conversationId, sink, joining)
    if (this.#groupId !== conversationId) this.leave(this.#groupId)
    // Not if the account has lost its place meanwhile.
    this.#groupId = this.#audiences.has(conversationId, sink) ? conversationId : undefined
    return { result, begin }
  }

  leave(conversationId: ConversationId | undefined): void {
    if (conversationId === undefined) return
    this.#audiences.leave(conversationId, this.connection.sink)
    if (this.#groupId === conversationId) this.#groupId = undefined
  }

  /** Lets go of everything held so far, and of what a request still running takes hold of, by `release`. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.release()
  }

  async releaseIfClosed(): Promise<void> {
    if (this.#isClosed) await this.release()
  }

  async release(): Promise<void> {
    this.#audiences.leaveAll(this.connection.sink)
    this.#groupId = undefined
    const releases = this.#releases
    this.#releases = []
    for (const release of releases) await release()
  }

  /** Not by `push`, which makes room for 17. */
  #hold(release: () => void | Promise<void>): void {
    this.#releases = this.#releases.concat(release)
  }

  /** It may have been logged out after it proved itself and before we listened for that. */
  async #requireNotRevoked({ accountId, credentialsSince }: Account): Promise<void> {
    const now = await this.#chat.accounts.find(accountId)
    if (now?.credentialsSince !== credentialsSince) throw passwordRequired()
  }

  #hear(news: AccountNews, { credentialsSince }: Account): void {
    switch (news.type) {
      case 'account.left':
        this.leave(news.conversationId)
        return
      case 'account.revoked':
        if (credentialsSince < news.credentialsSince) this.#logOut()
        return
      case 'account.reviewed':
        if (news.credentialsSince !== credentialsSince) this.#logOut()
        else if (this.#groupId && !news.conversationIds.has(this.#groupId)) this.leave(this.#groupId)
        return
      case 'account.joined':
      case 'contact.presence':
        return
      default:
        unreachable(news)
    }
  }

  #logOut(): void {
    this.emit(userNotAuthorized('Logged out.'))
    this.connection.disconnect()
  }
}
