import { type AccountId, type ConversationId, type Sender, toSender } from '../../core/chat.ts'
import {
  type Audiences,
  LiveAccount,
  type LiveAccounts,
  type LiveConnection,
  type PendingJoin,
  type Sink,
} from '../../delivery/index.ts'
import { REFUSALS, Refusal } from './errors.ts'
import type { RoomAccess } from './room-access.ts'
import type { Pass, Visitor } from './wire.ts'

/** The parts that all live connections of one kind share. */
export interface RoomConnectionParts {
  readonly access: RoomAccess
  readonly audiences: Audiences
  readonly liveAccounts: LiveAccounts
}

/** The client at the other end. */
export interface RoomClient {
  readonly sink: Sink
  /** The account's credentials are void: must end the connection. */
  onRevoked(): void
  /** The room's events have ended: the account has left it, or the connection is gone. */
  onLeft(conversationId: ConversationId, visitor: Sender): void
}

/** A pass that has been checked; `join` then makes the connection hear the room. */
interface Admission {
  readonly visitor: Visitor
  readonly live: LiveAccount
  readonly pending: PendingJoin
}

/** A room that the connection is in, with the account that it entered as. */
interface JoinedRoom {
  readonly conversationId: ConversationId
  readonly visitor: Sender
}

/** The accounts and rooms of one live connection. */
export class RoomConnection implements LiveConnection {
  readonly #parts: RoomConnectionParts
  readonly #client: RoomClient
  // Lists, since most have one of each: a map of one takes 200 bytes more, and what a spread makes, 130.
  #rooms: readonly JoinedRoom[] = []
  #accounts: readonly LiveAccount[] = []
  #isAbsent = false
  #hasEnded = false

  constructor(parts: RoomConnectionParts, client: RoomClient) {
    this.#parts = parts
    this.#client = client
  }

  get sink(): Sink {
    return this.#client.sink
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isAbsent(): boolean {
    return this.#isAbsent
  }

  get isInRoom(): boolean {
    return this.#rooms.length > 0
  }

  /** Checks the pass; its account is then online. Refuses 'Unknown user', 'unknown_conversation', 'rate_limited'. */
  async enter({ secret, gid }: Pass, address: string): Promise<Admission> {
    const { access, liveAccounts } = this.#parts
    const account = await access.identify(secret, address)
    access.countEntry(account)
    const { conversationId } = (await access.enter(account, gid, address)).conversation
    const isMember = () => access.isIn(account, conversationId)
    const known = this.#accounts.find(({ accountId }) => accountId === account.accountId)
    const live = known ?? new LiveAccount(liveAccounts, account, this)
    const pending = live.conversations.prepareJoin(conversationId)
    if (known) await pending.ready(isMember)
    else {
      this.#accounts = this.#accounts.concat(live)
      const opened = await live.open(() => pending.ready(isMember))
      if (opened === 'revoked') throw new Refusal(REFUSALS.unknownUser)
    }
    return { visitor: { account, secret }, live, pending }
  }

  /** Makes the connection hear the room from now on, unless the account has left meanwhile. */
  join({ visitor, live, pending }: Admission): 'has come' | 'was there' | 'has left' {
    if (!live.conversations.join(pending)) return 'has left'
    const { conversationId } = pending
    const { accountId } = visitor.account
    const before = this.#rooms.find((other) => other.conversationId === conversationId)
    // Not the account: it would be kept, with its password, for as long as the connection lasts.
    const room = { conversationId, visitor: toSender(visitor.account) }
    this.#rooms = this.#rooms.filter((other) => other !== before).concat(room)
    if (before?.visitor.accountId === accountId) return 'was there'
    // The connection is in the room as somebody else now.
    if (before) this.#client.onLeft(conversationId, before.visitor)
    return 'has come'
  }

  /** Hears nothing more, and is still there. */
  deafen(): void {
    this.#parts.audiences.leaveAll(this.sink)
  }

  /** Ends the presence of the accounts by this connection, which goes on hearing. */
  async goAbsent(): Promise<void> {
    this.#isAbsent = true
    await allOf(this.#accounts.map((live) => live.goAbsent()))
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const rooms = this.#rooms
    this.#rooms = []
    const ending = this.#accounts.map((live) => live.end())
    for (const { conversationId, visitor } of rooms) this.#client.onLeft(conversationId, visitor)
    await allOf(ending)
  }

  onRevoked(): void {
    this.#client.onRevoked()
  }

  onLeft(conversationId: ConversationId, accountId: AccountId): void {
    const left = this.#rooms.find(
      (room) => room.conversationId === conversationId && room.visitor.accountId === accountId,
    )
    if (!left) return
    this.#rooms = this.#rooms.filter((room) => room !== left)
    this.#client.onLeft(conversationId, left.visitor)
  }
}

/** Waits for all, also when one fails. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  for (const each of await Promise.allSettled(promises)) if (each.status === 'rejected') throw each.reason
}
