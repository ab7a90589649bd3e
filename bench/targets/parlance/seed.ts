import { inTurns } from '../../load/turns.ts'
import type { World } from '../../target.ts'
import { type Conversation, type ConversationKind, Seeding } from './seeding.ts'
import type { Storage } from './storage.ts'

/** A world, and what its conversations are. */
export interface ParlanceWorld extends World {
  readonly kind: ConversationKind
  /** Guests need no password in the groups dialect. */
  readonly areGuests?: boolean
  /** Members of the first conversation, where it has more than the others. */
  readonly firstMembers?: number
  /** Bytes of each message of the history; absent when they are as long as all others. */
  readonly historyBytes?: number
  /** Whether rate limits are on, as they are by default in a server. */
  readonly isLimited?: boolean
}

const PEOPLE_AT_A_TIME = 1_000

/** Fills an empty database through the store's own port. */
export async function seed(storage: Storage, world: ParlanceWorld): Promise<readonly Conversation[]> {
  const { kind, areGuests = false } = world
  const store = await storage.openStore()
  const seeding = areGuests ? new Seeding(store, null) : await Seeding.withPassword(store)
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
