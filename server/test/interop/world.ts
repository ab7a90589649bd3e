import { type Account, type ConversationKind, toAccountId, toConversationId } from '../../src/core/chat.ts'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { KEYS } from '../support/channels.ts'
import {
  type Called,
  DEVICES,
  type Devices,
  logInEverywhere,
  type Opening,
  type Person,
  type Place,
  type Registrar,
  someone,
  type Where,
} from '../support/clients/index.ts'
import { startParlance, type TestServer } from '../support/server.ts'

/** Somebody with one account and a device of every kind. */
export interface Participant extends Person, Devices {
  /** The account as the core has it. */
  readonly account: Account
  /** Where the devices are. */
  readonly where: Where
}

/** A server and those who talk there. Facts come from its core, everything else over real sockets. */
export class World implements AsyncDisposable {
  readonly server: TestServer
  readonly #people: Participant[] = []
  readonly #nodes: readonly Where[]
  #newcomers = 0

  private constructor(server: TestServer, nodes: readonly Where[]) {
    this.server = server
    this.#nodes = nodes
  }

  /**
   * With other nodes of the server's cluster, people are clients of those, each of the next in turn, and the
   * server itself has no clients.
   */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    nodes: readonly Where[] = [],
  ): Promise<World> {
    const server = await startParlance({ ...KEYS, ...settings })
    return new World(server, nodes.length > 0 ? nodes : [server])
  }

  /** Registered in one dialect, logged in in all. */
  async join(hint: string, registrar: Registrar = 'rooms'): Promise<Participant> {
    const person = someone(hint)
    const where = this.#nodes[this.#newcomers++ % this.#nodes.length] ?? this.server
    await DEVICES[registrar].register(where, person)
    return this.logIn(person, where)
  }

  async logIn(person: Person, where: Where = this.server): Promise<Participant> {
    const account = await this.server.chat.accounts.findByUsername(person.username)
    if (!account) throw new Error(`${person.username} has no account`)
    const participant = { ...person, account, where, ...(await logInEverywhere(where, person)) }
    this.#people.push(participant)
    return participant
  }

  /** Somebody who was here before the server was started, with the credentials of then. */
  async resume(who: Participant): Promise<Participant> {
    const [rooms, chatapp, groups, messenger, channels, native] = await Promise.all([
      who.rooms.again(),
      who.chatapp.again(),
      who.groups.again(),
      who.messenger.again(),
      who.channels.again(),
      who.native.again(),
    ])
    const participant = { ...who, rooms, chatapp, groups, messenger, channels, native }
    this.#people.push(participant)
    return participant
  }

  /** Opens a conversation from one of the creator's devices, with the others in it. */
  async open(
    creator: Participant,
    dialect: DialectName,
    { others, ...opening }: Omit<Opening, 'others'> & { others: readonly Participant[] },
  ): Promise<Place> {
    const known = others.map(({ account: { username, accountId } }) => ({ username, accountId }))
    const called = await creator[dialect].open({ ...opening, others: known })
    const place = await this.find(called)
    if (place.kind !== 'open') return place
    // Nobody is added to an open one: who knows the gid enters, here by asking for the history.
    for (const other of others) await other.rooms.history(place)
    return this.find(called)
  }

  async find(called: Called): Promise<Place> {
    const { conversations } = this.server.chat
    const conversation = await this.#lookUp(called)
    if (!conversation) throw new Error(`${JSON.stringify(called)} is not there`)
    const members = await conversations.members(conversation.conversationId)
    return { ...conversation, memberIds: members.map(({ accountId }) => accountId) }
  }

  #lookUp(called: Called) {
    const { conversations } = this.server.chat
    if (called.by === 'id') return conversations.find(toConversationId(called.id))
    if (called.by === 'gid or name') return conversations.findByGidOrName(called.name)
    const [first, second] = called.pair
    return conversations.findPrivate(toAccountId(first), toAccountId(second))
  }

  /** Hangs up for everyone and stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#people.map(hangUp))
    await this.server.close()
  }
}

export const hangUp = (who: Devices): Promise<unknown> =>
  Promise.all(DIALECT_NAMES.map((dialect) => who[dialect].close()))

/** Channels has no name for what is not private. */
export const addresses = (dialect: DialectName, kind: ConversationKind): boolean =>
  dialect !== 'channels' || kind === 'private'

export const addressing = (kind: ConversationKind): readonly DialectName[] =>
  DIALECT_NAMES.filter((dialect) => addresses(dialect, kind))

/** Every way in which a conversation comes about. */
export const OPENINGS: readonly {
  readonly kind: ConversationKind
  readonly opener: DialectName
  readonly name?: string
}[] = [
  { kind: 'private', opener: 'messenger' },
  { kind: 'private', opener: 'channels' },
  { kind: 'private', opener: 'native' },
  { kind: 'group', opener: 'chatapp' },
  { kind: 'group', opener: 'messenger', name: 'a group of the messenger' },
  { kind: 'group', opener: 'native', name: 'a group of the native client' },
  { kind: 'open', opener: 'rooms' },
  { kind: 'open', opener: 'groups', name: 'an open group' },
  { kind: 'open', opener: 'native', name: 'an open conversation' },
]

/** One conversation of each kind. */
export const KINDS = OPENINGS.filter(({ kind }, at) => OPENINGS.findIndex((one) => one.kind === kind) === at)
