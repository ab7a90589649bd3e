import { type AccountId, type ConversationId, toGid, toSessionId } from '../../../server/src/core/chat.ts'
import { systemClock } from '../../../server/src/lib/clock.ts'
import {
  digest,
  newGid,
  newPublicId,
  newSecretUuid,
  newSessionToken,
  newUuid,
} from '../../../server/src/lib/ids.ts'
import { Passwords } from '../../../server/src/lib/password.ts'
import type { Store } from '../../../server/src/store/store.ts'
import { bodyOf } from '../../load/body.ts'
import { inTurns } from '../../load/turns.ts'

export interface Person {
  readonly accountId: AccountId
  readonly username: string
  /** The secret of a session of the rooms dialect. */
  readonly roomsSecret: string
  /** The token of a session of the native dialect. */
  readonly nativeToken: string
}

export type ConversationKind = 'private' | 'group' | 'open'

export interface Conversation {
  readonly conversationId: ConversationId
  readonly gid: string
  readonly people: readonly Person[]
}

export const PASSWORD = 'bench'
const SESSION_TTL_MICROS = 24 * 3600 * 1_000_000
// Strangers fill a database: each conversation has five of them.
const STRANGERS = 1_000
const STRANGERS_EACH = 5

const clock = systemClock()

/** Fills a database through the store's own port. */
export class Seeding {
  readonly #store: Store
  readonly #passwordHash: string | null

  constructor(store: Store, passwordHash: string | null) {
    this.#store = store
    this.#passwordHash = passwordHash
  }

  /** People with `PASSWORD`. One hash for all: hashing each would take minutes. */
  static async withPassword(store: Store): Promise<Seeding> {
    return new Seeding(store, await new Passwords().hash(PASSWORD))
  }

  async person(username: string): Promise<Person> {
    const at = clock.nowMicros()
    const { accountId } = await this.#store.accounts.create({
      ...{
        uuid: newUuid(),
        username,
        displayName: username,
        email: null,
        passwordHash: this.#passwordHash,
        at,
      },
    })
    const roomsSecret = newSecretUuid()
    const nativeToken = newSessionToken()
    const open = (kind: string, secret: string) =>
      this.#store.sessions.open({
        ...{ accountId, kind, digest: digest(secret), at, max: 20 },
        ...{ sessionId: toSessionId(newPublicId()), device: null, address: null },
        expiresAt: at + SESSION_TTL_MICROS,
      })
    await Promise.all([open('rooms', roomsSecret), open('native', nativeToken)])
    return { accountId, username, roomsSecret, nativeToken }
  }

  async conversation({
    kind,
    name,
    people,
  }: {
    kind: ConversationKind
    name: string | null
    people: readonly Person[]
  }): Promise<Conversation> {
    const [creator] = people
    if (!creator) throw new Error('a conversation needs a member')
    const gid = newGid()
    const { conversation } = await this.#store.conversations.create({
      ...{ gid: toGid(gid), kind, name, creatorId: creator.accountId, at: clock.nowMicros() },
      memberIds: people.map(({ accountId }) => accountId),
    })
    return { conversationId: conversation.conversationId, gid, people }
  }

  async history(conversation: Conversation | undefined, messages: number, bytes = 0): Promise<void> {
    if (!conversation) throw new Error('a history needs a conversation')
    await inTurns(messages, 5_000, (count) => this.message(conversation, bodyOf(0, count).padEnd(bytes, 'x')))
  }

  /** Sent by the first member. */
  async message({ conversationId, people: [sender] }: Conversation, body: string): Promise<void> {
    if (!sender) throw new Error('a message needs a sender')
    await this.#store.messages.append({
      ...{ conversationId, senderId: sender.accountId, clientId: null, replyTo: null },
      ...{ body, at: clock.nowMicros() },
    })
  }

  async strangers(conversations: number): Promise<void> {
    const people = await inTurns(STRANGERS, 100, (n) => this.person(`stranger${n}`))
    await inTurns(conversations, 1_000, (c) =>
      this.conversation({
        kind: 'group',
        name: `strangers ${c}`,
        people: Array.from({ length: STRANGERS_EACH }, (_, m) => people[(c + m * 7) % STRANGERS]).filter(
          (person) => person !== undefined,
        ),
      }),
    )
  }
}
