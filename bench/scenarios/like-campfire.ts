import { setTimeout } from 'node:timers/promises'
import { conversationName } from '../../server/src/dialects/native/names.ts'
import { openHttp } from '../load/http-client.ts'
import { inTurns } from '../load/turns.ts'
import { percentile } from '../measure/statistics.ts'
import { cpuMicros } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import { type Acknowledged, IndexedPosts } from '../targets/parlance/indexed-posts.ts'
import { newClientId } from '../targets/parlance/native-clients.ts'
import { type Conversation, type Person, Seeding } from '../targets/parlance/seeding.ts'
import { type Parlance, startOn } from '../targets/parlance/server.ts'
import { createSqlite } from '../targets/parlance/storage.ts'

const CLIENTS = 16
const LOOK_MS = 20
const INDEXED_WITHIN_MS = 600_000

/** A message of ten words, of which one is in no other. */
const bodyOf = (client: number, count: number): string =>
  `post${client}n${count} the quick brown fox jumps over the lazy dog`

/**
 * Clients that post one message after the other over REST, into one conversation. The clock stops twice: when the load
 * ends, and when the index has every message. Afterwards each acknowledged message is looked for.
 */
export async function likeCampfire({ warmUpSeconds, seconds }: Pace): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const store = await storage.openStore()
  const seeding = await Seeding.withPassword(store)
  const people = await inTurns(CLIENTS, CLIENTS, (n) => seeding.person(`poster${n}`))
  const conversation = await seeding.conversation({ kind: 'group', name: 'campfire', people })
  await store.close()
  const parlance = await startOn({ storage, conversations: [conversation] })
  opened.defer(() => parlance.stop())
  const posts = new IndexedPosts(storage.file)
  opened.defer(() => posts.close())

  const load = new Load(parlance, conversation)
  const running = people.map((person, n) => load.run(person, n))
  await setTimeout(warmUpSeconds * 1000)
  const before = { posts: load.acknowledged.length, micros: cpuMicros([parlance.pid]), at: performance.now() }
  load.roundTripsMs.length = 0
  await setTimeout(seconds * 1000)
  const count = load.acknowledged.length - before.posts
  const lasted = (performance.now() - before.at) / 1000
  const micros = cpuMicros([parlance.pid]) - before.micros
  load.isOver = true
  await Promise.all(running)
  const behind = posts.behind()
  const untilIndexed = await waitUntilIndexed(posts)
  posts.audit(conversation.conversationId, load.acknowledged)
  const stored = await storage.countStored()
  const accepted = load.acknowledged.length
  if (stored !== accepted) throw new Error(`${accepted} messages were acknowledged, ${stored} are stored`)
  return {
    'posts/s': count / lasted,
    'posts/s, indexed': count / (lasted + untilIndexed),
    'CPU µs/post': micros / Math.max(1, count),
    'p50 ms': percentile(load.roundTripsMs, 0.5),
    'p99 ms': percentile(load.roundTripsMs, 0.99),
    'behind at the end': behind,
    's until indexed': untilIndexed,
    ...{ accepted, stored, audited: accepted },
  }
}

class Load {
  readonly acknowledged: Acknowledged[] = []
  readonly roundTripsMs: number[] = []
  isOver = false
  readonly #parlance: Parlance
  readonly #path: string

  constructor(parlance: Parlance, conversation: Conversation) {
    this.#parlance = parlance
    this.#path = `/v1/conversations/${conversationName(conversation.conversationId)}/messages`
  }

  /** One keep-alive client, which waits for each answer. */
  async run({ nativeToken, accountId: senderId }: Person, client: number): Promise<void> {
    const http = await openHttp(this.#parlance.port)
    const headers = { Authorization: `Bearer ${nativeToken}` }
    for (let n = 0; !this.isOver; n++) {
      const body = bodyOf(client, n)
      const sentAt = performance.now()
      const { status, body: answer } = await http.request({
        ...{ method: 'POST', path: this.#path, headers },
        body: JSON.stringify({ clientId: newClientId(), body }),
      })
      if (status !== 201) throw new Error(`a post was answered with ${status}: ${answer}`)
      this.roundTripsMs.push(performance.now() - sentAt)
      const { id, seq }: { id: string; seq: number } = JSON.parse(answer)
      this.acknowledged.push({ messageId: Number(id.slice(2)), seq, body, senderId })
    }
    http.close()
  }
}

/** Answers the seconds that it took. */
async function waitUntilIndexed(posts: IndexedPosts): Promise<number> {
  const startedAt = performance.now()
  while (posts.behind() > 0) {
    if (performance.now() - startedAt > INDEXED_WITHIN_MS)
      throw new Error('the index does not come to its end')
    await setTimeout(LOOK_MS)
  }
  return (performance.now() - startedAt) / 1000
}
