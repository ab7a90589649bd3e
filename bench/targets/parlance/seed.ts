import { type AccountId, type ConversationId, toGid, toSessionId } from '../../../server/src/core/chat.ts'
import { systemClock } from '../../../server/src/lib/clock.ts'
import { digest, newGid, newPublicId, newSecretUuid, newUuid } from '../../../server/src/lib/ids.ts'
import { Passwords } from '../../../server/src/lib/password.ts'
import type { Store } from '../../../server/src/store/store.ts'
import { bodyOf } from '../../load/body.ts'
import type { World } from '../../target.ts'
import type { Storage } from './storage.ts'

export interface Person {
  readonly accountId: AccountId
  readonly username: string
  /** The secret of a session of the rooms dialect. */
  readonly roomsSecret: string
}

export interface Conversation {
  readonly conversationId: ConversationId
  readonly gid: string
  readonly people: readonly Person[]
}

/** A world, and what its conversations are. */
export interface ParlanceWorld extends World {
  readonly kind: 'private' | 'group' | 'open'
  /** Guests need no password in the groups dialect. */
  readonly areGuests?: boolean
  /** Members of the first conversation, where it has more than the others. */
  readonly firstMembers?: number
  /** Bytes of each message of the history; absent when they are as long as all others. */
  readonly historyBytes?: number
  /** Whether rate limits are on, as they are by default in a server. */
  readonly isLimited?: boolean
}

export const PASSWORD = 'bench'
const SESSION_TTL_MICROS = 24 * 3600 * 1_000_000
// Strangers fill a database: each conversation has five of them.
const STRANGERS = 1_000
const STRANGERS_EACH = 5
const PEOPLE_AT_A_TIME = 1_000

const clock = systemClock()

/** Fills an empty database through the store's own port. */
export async function seed(storage: Storage, world: ParlanceWorld): Promise<readonly Conversation[]> {
  const { kind, areGuests = false } = world
  const store = await storage.openStore()
  // One hash for all: hashing each would take minutes.
  const passwordHash = areGuests ? null : await new Passwords().hash(PASSWORD)
  const seeding = new Seeding(store, passwordHash)
  try {
    const conversations = await inTurns(world.conversations, 20, async (c) => {
      const members = (c === 0 ? world.firstMembers : undefined) ?? world.membersEach
      const people = await inTurns(members, PEOPLE_AT_A_TIME, (m) => seeding.person(`u${c}x${m}`))
      return seeding.conversation({ kind, name: kind === 'private' ? null : `c${c}`, people })
    })
    if (world.history) await seeding.history(conversations[0], world.history, world.historyBytes)
    if (world.strangersConversations) await seeding.strangers(world.strangersConversations)
    return conversations
  } finally {
    await store.close()
  }
}

class Seeding {
  readonly #store: Store
  readonly #passwordHash: string | null

  constructor(store: Store, passwordHash: string | null) {
    this.#store = store
    this.#passwordHash = passwordHash
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
    await this.#store.sessions.open({
      ...{ accountId, kind: 'rooms', digest: digest(roomsSecret), at, max: 20 },
      ...{ sessionId: toSessionId(newPublicId()), device: null, address: null },
      expiresAt: at + SESSION_TTL_MICROS,
    })
    return { accountId, username, roomsSecret }
  }

  async conversation({
    kind,
    name,
    people,
  }: {
    kind: ParlanceWorld['kind']
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
    const sender = conversation?.people[0]
    if (!sender) throw new Error('a history needs a conversation')
    const { conversationId } = conversation
    await inTurns(messages, 5_000, (count) =>
      this.#store.messages.append({
        ...{ conversationId, senderId: sender.accountId, clientId: null, replyTo: null },
        ...{ body: bodyOf(0, count).padEnd(bytes, 'x'), at: clock.nowMicros() },
      }),
    )
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

/** Does it `count` times, so many at a time, and answers the results in order. */
async function inTurns<T>(count: number, atATime: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let from = 0; from < count; from += atATime) {
    const turn = Array.from({ length: Math.min(atATime, count - from) }, (_, i) => task(from + i))
    for (const result of await Promise.all(turn)) results.push(result)
  }
  return results
}
