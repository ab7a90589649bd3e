import type { Unsubscribe } from '../../bus/bus.ts'
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
import type { RoomAccess } from './room-access.ts'
import type { Pass, Visitor } from './wire.ts'

/** What all live connections of one kind share. */
export interface Hall {
  readonly presence: Chat['presence']
  readonly feeds: Feeds
  readonly access: RoomAccess
  readonly audiences: Audiences
}

export interface Attendee {
  readonly sink: Sink
  /** The account's credentials are void: must end the connection. */
  onRevoked(): void
  /** Nothing more is heard of the room: the account has left it, or the connection has ended. */
  onLeft(conversationId: ConversationId, visitor: Sender): void
}

interface Visit {
  readonly visitor: Visitor
  readonly conversationId: ConversationId
}

/** In a room, as somebody. */
interface Stay {
  readonly conversationId: ConversationId
  readonly visitor: Sender
}

/** An account that is online by this connection. */
interface Following {
  readonly accountId: AccountId
  readonly unsubscribe: Unsubscribe
  /** Releases the presence, once. */
  depart: () => Promise<void>
}

const departed = async (): Promise<void> => undefined

/** The accounts and rooms of one live connection. All is given back when it ends. */
export class Attendance {
  readonly #hall: Hall
  readonly #attendee: Attendee
  // Lists, since most have one of each: a map of one takes 200 bytes more, and what a spread makes, 130.
  #stays: readonly Stay[] = []
  #followed: readonly Following[] = []
  /** Perhaps while it was on its way in. Made for the first that is left: most connections never do. */
  #left: Set<ConversationId> | undefined
  #isAbsent = false
  #hasEnded = false

  constructor(hall: Hall, attendee: Attendee) {
    this.#hall = hall
    this.#attendee = attendee
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isInRoom(): boolean {
    return this.#stays.length > 0
  }

  /** Checks the pass; its account is then online. Refuses 'Unknown user', 'unknown_conversation', 'rate_limited'. */
  async enter({ secret, gid }: Pass, address: string): Promise<Visit> {
    const { access } = this.#hall
    const account = await access.identify(secret, address)
    access.countEntry(account)
    const { conversationId } = (await access.enter(account, gid, address)).conversation
    this.#left?.delete(conversationId)
    await this.#follow(account)
    await this.#hall.audiences.ready(conversationId)
    // Asked again now that a revocation and a leaving would be heard: none can fall in between.
    await access.identify(secret, address)
    if (!(await access.isIn(account, conversationId))) this.#noteLeft(conversationId)
    return { visitor: { account, secret }, conversationId }
  }

  /** Makes the connection hear the room from now on, unless the account has left meanwhile. */
  join({ conversationId, visitor }: Visit): 'has come' | 'was there' | 'has left' {
    if (this.#hasEnded || this.#left?.has(conversationId)) return 'has left'
    // Not the account: it would be kept, with its password, for as long as the connection lasts.
    const stay = { conversationId, visitor: toSender(visitor.account) }
    const before = this.#stays.find((other) => other.conversationId === conversationId)
    this.#stays = this.#stays.filter((other) => other !== before).concat(stay)
    const { accountId } = visitor.account
    // It is there as somebody else now.
    if (before && before.visitor.accountId !== accountId)
      this.#attendee.onLeft(conversationId, before.visitor)
    this.#hall.audiences.join(conversationId, this.#attendee.sink, { accountId })
    return before?.visitor.accountId === accountId ? 'was there' : 'has come'
  }

  /** Hears nothing more, and is still there. */
  deafen(): void {
    this.#hall.audiences.leaveAll(this.#attendee.sink)
  }

  /** Ends the presence of the accounts by this connection, which goes on hearing. */
  async goAbsent(): Promise<void> {
    this.#isAbsent = true
    const departures = this.#followed.map((following) => {
      const { depart } = following
      following.depart = departed
      return depart()
    })
    for (const each of await Promise.allSettled(departures)) if (each.status === 'rejected') throw each.reason
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const stays = this.#stays
    this.#stays = []
    this.#tellLeft(stays)
    for (const { unsubscribe } of this.#followed) unsubscribe()
    await this.goAbsent()
  }

  async #follow(account: Account): Promise<void> {
    // What listens keeps these two, and not the account.
    const { accountId, credentialsSince } = account
    if (this.#hasEnded || this.#followed.some((other) => other.accountId === accountId)) return
    const { presence, feeds } = this.#hall
    const unsubscribe = feeds.followAccount(accountId, (news) => this.#hear(news, credentialsSince))
    if (this.#isAbsent) {
      this.#followed = this.#followed.concat({ accountId, unsubscribe, depart: departed })
      return
    }
    const connecting = presence.connect(account)
    // Before the wait, so that an end meanwhile gives this back too.
    const following: Following = { accountId, unsubscribe, depart: departingOnce(connecting) }
    this.#followed = this.#followed.concat(following)
    const depart = await connecting
    if (following.depart !== departed) following.depart = depart
  }

  #noteLeft(conversationId: ConversationId): void {
    this.#left ??= new Set()
    this.#left.add(conversationId)
  }

  #tellLeft(stays: readonly Stay[]): void {
    for (const { conversationId, visitor } of stays) {
      this.#hall.audiences.leave(conversationId, this.#attendee.sink)
      this.#attendee.onLeft(conversationId, visitor)
    }
  }

  #hear(news: AccountNews, credentialsSince: number): void {
    switch (news.type) {
      case 'account.revoked':
        if (credentialsSince < news.credentialsSince) this.#attendee.onRevoked()
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
    const isOver = ({ visitor, conversationId }: Stay) =>
      visitor.accountId === accountId && isLeft(conversationId)
    const over = this.#stays.filter(isOver)
    this.#stays = this.#stays.filter((stay) => !isOver(stay))
    this.#tellLeft(over)
  }
}

// Outside `#follow`: a closure inside would keep its every variable for as long as the connection lasts.

const departingOnce = (connecting: Promise<() => Promise<void>>) => async (): Promise<void> => {
  await (await connecting)()
}
