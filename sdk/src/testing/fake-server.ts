import type { OwnAccount } from '../protocol.ts'
import type { KnownEvent, KnownNews } from '../wire/frames.ts'
import { type Clock, realClock } from './clock.ts'
import { FakeConversation } from './fake-conversation.ts'
import { answerRest } from './fake-rest.ts'
import { FakeSession } from './fake-session.ts'
import { FakeUploads } from './fake-uploads.ts'
import { FakeNetwork } from './network.ts'

export interface FakeServerOptions {
  /** A `FakeClock`, or the time of the day. */
  readonly clock?: Clock
  /** From 0 up to but not with 1: a seeded one makes a run repeatable. */
  readonly random?: () => number
  /** Changes of a conversation that a client which comes back is told; more are a gap. */
  readonly maxMissed?: number
}

export interface FakeAccount {
  readonly account: OwnAccount
  readonly token: string
  cursor: number
  /** The account's own state: by row, what it is now. */
  readonly rows: Map<string, { readonly cursor: number; readonly news: () => KnownNews }>
}

/** A server in memory that speaks the native dialect, behind a network that a test scripts. */
export class FakeServer {
  readonly network: FakeNetwork
  readonly accounts = new Map<string, FakeAccount>()
  readonly conversations = new Map<string, FakeConversation>()
  readonly uploads = new FakeUploads()
  readonly maxMissed: number
  epoch = 'epoch-1'
  /** A code with which the next requests are refused; undefined to serve them. */
  refusal: string | undefined
  readonly #clock: Clock
  readonly #sessions = new Set<FakeSession>()

  constructor({ clock = realClock, random = Math.random, maxMissed = 500 }: FakeServerOptions = {}) {
    this.#clock = clock
    this.maxMissed = maxMissed
    this.network = new FakeNetwork({
      clock,
      random,
      accept: (line) => {
        const session = new FakeSession({ server: this, line, onEnd: () => this.#sessions.delete(session) })
        this.#sessions.add(session)
        return session
      },
      answer: (url, init) => answerRest(this, new URL(url), init),
    })
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sessions.size
  }

  addAccount(username: string): FakeAccount {
    const id = `a_${this.accounts.size + 1}`
    const account: OwnAccount = {
      ...{ id, username, displayName: username, bio: null, isGuest: false, isBot: false },
      ...{ email: null, emailConfirmed: false, settings: {}, createdAt: this.time() },
    }
    const added: FakeAccount = { account, token: `token-${username}`, cursor: 0, rows: new Map() }
    this.accounts.set(id, added)
    return added
  }

  addConversation(name: string, members: readonly FakeAccount[]): FakeConversation {
    const id = `c_${this.conversations.size + 1}`
    const creator = members[0]?.account.id ?? 'a_1'
    const conversation = new FakeConversation({
      facts: { id, kind: 'group', name, creator },
      people: members.map(({ account: { id, username, displayName } }) => ({ id, username, displayName })),
      time: () => this.time(),
      attached: (owner, ids) => this.uploads.attached(owner, ids),
      onEvent: (event) => this.#tell(conversation, event),
    })
    this.conversations.set(id, conversation)
    for (const member of members) {
      const listing = () => conversation.listing(member.account.id)
      this.touch(member, `joined ${id}`, () => ({ cursor: 0, type: 'joined', data: { listing: listing() } }))
    }
    return conversation
  }

  /** Those whom a token belongs to. */
  find(token: string | undefined): FakeAccount | undefined {
    return [...this.accounts.values()].find((one) => one.token === token)
  }

  /** Conversations of an account, the most active first. */
  listingsOf(accountId: string) {
    const own = [...this.conversations.values()].filter(({ members }) => members.has(accountId))
    const listings = own.map((conversation) => conversation.listing(accountId))
    return listings.sort((a, b) => ((a.lastMessage?.sentAt ?? '') < (b.lastMessage?.sentAt ?? '') ? 1 : -1))
  }

  /** A row of an account's own state is another now. */
  touch(owner: FakeAccount, row: string, news: () => KnownNews): void {
    owner.cursor += 1
    const { cursor } = owner
    owner.rows.set(row, { cursor, news: () => ({ ...news(), cursor }) })
    for (const session of this.#sessions) session.tellNews(owner, { ...news(), cursor })
  }

  /** Closes every connection with that code, as a server that ends does. */
  closeAll(code: number, reason: string): void {
    for (const session of [...this.#sessions]) session.close(code, reason)
  }

  /** Sends a frame to an account's connections, such as one that only a later server would. */
  tell({ account }: FakeAccount, frame: object): void {
    for (const session of this.#sessions) if (session.accountId === account.id) session.say(frame)
  }

  /** Says that it will close, and when clients may be back. */
  sayGoodbye(reconnectIn: number): void {
    for (const session of this.#sessions) session.say({ op: 'goodbye', reconnectIn })
  }

  time(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '000Z')
  }

  #tell({ members }: FakeConversation, event: KnownEvent): void {
    for (const session of this.#sessions)
      if (members.has(session.accountId)) session.say({ op: 'event', ...event })
  }
}
