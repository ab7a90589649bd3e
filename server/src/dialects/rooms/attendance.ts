import {
  type Account,
  type AccountId,
  type Chat,
  type ConversationId,
  type Sender,
  toSender,
} from '../../core/chat.ts'
import type { AccountNews, Audiences, Feeds, Sink } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Entrance } from './entrance.ts'
import type { Pass, Visitor } from './wire.ts'

/** What all live connections of one kind share. */
export interface Hall {
  readonly presence: Chat['presence']
  readonly feeds: Feeds
  readonly entrance: Entrance
  readonly audiences: Audiences
}

export interface Attendee {
  readonly sink: Sink
  /** The account's credentials are void: must end the connection. */
  onRevoked(): void
  /** Nothing more is heard of the room: the account has left it, or the connection has ended. */
  onLeft(conversationId: ConversationId, visitor: Sender): void
}

export interface Visit {
  readonly visitor: Visitor
  readonly conversationId: ConversationId
}

/** The accounts and rooms of one live connection. All is given back when it ends. */
export class Attendance {
  readonly #hall: Hall
  readonly #attendee: Attendee
  readonly #rooms = new Map<ConversationId, Sender>()
  readonly #followed = new Map<AccountId, () => Promise<void>>()
  /** Perhaps while it was on its way in. Made for the first that is left: most connections never do. */
  #left: Set<ConversationId> | undefined
  #hasEnded = false

  constructor(hall: Hall, attendee: Attendee) {
    this.#hall = hall
    this.#attendee = attendee
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isInRoom(): boolean {
    return this.#rooms.size > 0
  }

  /** Checks the pass; its account is then online. Refuses 'Unknown user', 'unknown_conversation', 'rate_limited'. */
  async enter({ secret, gid }: Pass, address: string): Promise<Visit> {
    const { entrance } = this.#hall
    const account = await entrance.identify(secret)
    const { conversationId } = (await entrance.enter(account, gid, address)).conversation
    this.#left?.delete(conversationId)
    await this.#follow(account)
    await this.#hall.audiences.ready(conversationId)
    // Asked again now that a revocation and a leaving would be heard: none can fall in between.
    await entrance.identify(secret)
    if (!(await entrance.isIn(account, conversationId))) this.#noteLeft(conversationId)
    return { visitor: { account, secret }, conversationId }
  }

  /** From now on the connection hears what is said there. False when the account has left meanwhile. */
  join({ conversationId, visitor }: Visit): boolean {
    if (this.#hasEnded || this.#left?.has(conversationId)) return false
    // Not the account: it would be kept, with its password, for as long as the connection lasts.
    this.#rooms.set(conversationId, toSender(visitor.account))
    const { accountId } = visitor.account
    this.#hall.audiences.join(conversationId, this.#attendee.sink, { accountId })
    return true
  }

  /** Hears nothing more, and is still there. */
  deafen(): void {
    this.#hall.audiences.leaveAll(this.#attendee.sink)
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const conversationId of [...this.#rooms.keys()]) this.#leave(conversationId)
    const ended = await Promise.allSettled([...this.#followed.values()].map((unfollow) => unfollow()))
    for (const each of ended) if (each.status === 'rejected') throw each.reason
  }

  async #follow(account: Account): Promise<void> {
    // What listens keeps these two, and not the account.
    const { accountId, credentialsSince } = account
    if (this.#hasEnded || this.#followed.has(accountId)) return
    const { presence, feeds } = this.#hall
    const unsubscribe = feeds.followAccount(accountId, (news) => this.#hear(news, credentialsSince))
    const connecting = presence.connect(account)
    // Before the wait, so that an end meanwhile gives this back too.
    this.#followed.set(accountId, async () => {
      unsubscribe()
      const disconnect = await connecting
      await disconnect()
    })
    await connecting
  }

  #noteLeft(conversationId: ConversationId): void {
    this.#left ??= new Set()
    this.#left.add(conversationId)
  }

  #leave(conversationId: ConversationId): void {
    const visitor = this.#rooms.get(conversationId)
    if (!visitor) return
    this.#rooms.delete(conversationId)
    this.#hall.audiences.leave(conversationId, this.#attendee.sink)
    this.#attendee.onLeft(conversationId, visitor)
  }

  #hear(news: AccountNews, credentialsSince: number): void {
    switch (news.type) {
      case 'account.revoked':
        this.#attendee.onRevoked()
        return
      case 'account.left':
        this.#noteLeft(news.conversationId)
        this.#leaveAs(news.accountId, (conversationId) => conversationId === news.conversationId)
        return
      case 'account.reviewed':
        if (news.credentialsSince !== credentialsSince) this.#attendee.onRevoked()
        else this.#leaveAs(news.accountId, (conversationId) => !news.conversationIds.has(conversationId))
        return
      case 'account.joined':
      case 'contact.presence':
        return
      default:
        unreachable(news)
    }
  }

  #leaveAs(accountId: AccountId, isLeft: (conversationId: ConversationId) => boolean): void {
    for (const [conversationId, visitor] of [...this.#rooms]) {
      if (visitor.accountId === accountId && isLeft(conversationId)) this.#leave(conversationId)
    }
  }
}
