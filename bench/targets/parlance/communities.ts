import { bodyOf } from '../../load/body.ts'
import { inTurns } from '../../load/turns.ts'
import { type Conversation, type Person, Seeding } from './seeding.ts'
import type { Storage } from './storage.ts'

/** People who share many conversations: each is in all of their community, and in no other. */
export interface Community {
  readonly people: readonly Person[]
  readonly conversations: readonly Conversation[]
  /** The last change of each conversation, in their order. */
  readonly lastChanges: readonly number[]
}

interface Sizes {
  readonly communities: number
  readonly peopleEach: number
  readonly conversationsEach: number
}

const PEOPLE_AT_A_TIME = 1_000
const CONVERSATIONS_AT_A_TIME = 200

/** Fills an empty database. Each conversation has one message, the last conversation the newest. */
export async function seedCommunities(
  storage: Storage,
  { communities, peopleEach, conversationsEach }: Sizes,
): Promise<readonly Community[]> {
  const store = await storage.openStore()
  try {
    const seeding = await Seeding.withPassword(store)
    return await inTurns(communities, 1, async (n) => {
      const people = await inTurns(peopleEach, PEOPLE_AT_A_TIME, (m) => seeding.person(`u${n}x${m}`))
      const conversations = await inTurns(conversationsEach, CONVERSATIONS_AT_A_TIME, (c) =>
        seeding.conversation({ kind: 'group', name: `c${n}x${c}`, people }),
      )
      for (const [c, conversation] of conversations.entries())
        await seeding.message(conversation, bodyOf(0, c))
      const last = await store.changes.last(conversations.map(({ conversationId }) => conversationId))
      const lastChanges = conversations.map(({ conversationId }) => last.get(conversationId) ?? 0)
      return { people, conversations, lastChanges }
    })
  } finally {
    await store.close()
  }
}
