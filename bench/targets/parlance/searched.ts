import { inTurns } from '../../load/turns.ts'
import { type Conversation, type Person, Seeding } from './seeding.ts'
import type { Storage } from './storage.ts'

/** Conversations of the person who searches. One in two messages is in them, most of those in the first. */
const OWN = 50

const AT_A_TIME = 5_000

const INDEX_WITHIN_MS = 600_000

/** A word in every message of one's own conversations; in one of them, the oldest; in all messages of others. */
export const WORDS = { common: 'common', rare: 'rarity', forbidden: 'forbidden' } as const

export interface Searched {
  readonly searcher: Person
  /** Seconds in which a server indexed all messages, once they were there. */
  readonly indexSeconds: number
}

/** Fills an empty database with so many messages, and has a store index them. */
export async function seedSearched(storage: Storage, messages: number): Promise<Searched> {
  const store = await storage.openStore()
  try {
    const seeding = await Seeding.withPassword(store)
    const [searcher, friend, stranger] = await inTurns(3, 3, (n) => seeding.person(`s${n}`))
    if (!searcher || !friend || !stranger) throw new Error('nobody is there')
    const open = (people: readonly Person[], name: string) =>
      seeding.conversation({ kind: 'group', name, people })
    const own = await inTurns(OWN, OWN, (n) => open([friend, searcher], `own ${n}`))
    const foreign = await inTurns(OWN, OWN, (n) => open([stranger, friend], `foreign ${n}`))
    await inTurns(messages, AT_A_TIME, (n) => seeding.message(conversationOf(n, own, foreign), bodyOf(n)))
    const startedAt = performance.now()
    const last = await store.exports.lastMessageId()
    while ((await store.search.indexedUpTo()) < last) {
      if (performance.now() - startedAt > INDEX_WITHIN_MS)
        throw new Error('the index does not come to its end')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return { searcher, indexSeconds: (performance.now() - startedAt) / 1000 }
  } finally {
    await store.close()
  }
}

function conversationOf(n: number, own: readonly Conversation[], foreign: readonly Conversation[]) {
  const isOwn = n % 2 === 0
  const found = isOwn ? own[n % 8 === 0 ? (n / 8) % OWN : 0] : foreign[n % OWN]
  if (!found) throw new Error('a message without a conversation')
  return found
}

/** Some ten words, of which some are in many messages and some in few. */
function bodyOf(n: number): string {
  const fill = Array.from({ length: 8 }, (_, at) => `w${(n * (at + 7)) % 10 ** (at + 1)}`).join(' ')
  if (n % 2 === 1) return `${WORDS.forbidden} ${fill}`
  return n === 0 ? `${WORDS.common} ${WORDS.rare} ${fill}` : `${WORDS.common} ${fill}`
}
