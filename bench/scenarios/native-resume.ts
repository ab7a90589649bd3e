import { bodyOf } from '../load/body.ts'
import { inTurns } from '../load/turns.ts'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import { type Community, seedCommunities } from '../targets/parlance/communities.ts'
import { sayAll } from '../targets/parlance/native-speaker.ts'
import { type Missed, missedIn, Returning } from '../targets/parlance/returning.ts'
import { startOn } from '../targets/parlance/server.ts'
import { createSqlite, type Storage } from '../targets/parlance/storage.ts'

interface Sizes {
  readonly communities: number
  readonly clientsEach: number
  readonly conversationsEach: number
}

/** Conversations of each client in which something was said. */
const BUSY = 5
const CONNECTING_AT_A_TIME = 32

/** All clients go, each misses so many messages in five of its conversations, and all come back at once. */
export async function nativeResume(
  { communities, clientsEach, conversationsEach }: Sizes,
  missedEach: number,
): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  // The first of each community speaks, and does not come back.
  const sizes = { communities, peopleEach: clientsEach + 1, conversationsEach }
  const seeded = await seedCommunities(storage, sizes)
  const parlance = await startOn({ storage, conversations: [] })
  opened.defer(() => parlance.stop())
  const places = seeded.flatMap((community) =>
    community.people.slice(1).map((person) => ({ community, person })),
  )
  const clients = await inTurns(places.length, CONNECTING_AT_A_TIME, async (n) => {
    const place = places[n]
    if (!place) throw new Error('no such place')
    return Returning.leave(parlance.port, place)
  })
  const storedBefore = await storage.countStored()
  const said = await Promise.all(seeded.map((community) => say(parlance.port, community, missedEach / BUSY)))
  const accepted = said.reduce((sum, each) => sum + each, 0)

  const startedAt = performance.now()
  const tookMs = await Promise.all(
    clients.map(async (client) => {
      await client.comeBack()
      return performance.now() - startedAt
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const client of clients) client.close()
  await parlance.stop()
  const stored = (await storage.countStored()) - storedBefore
  if (stored !== accepted) throw new Error(`${accepted} messages were acknowledged, ${stored} are stored`)
  return {
    's to complete': seconds,
    'p50 s': percentile(tookMs, 0.5) / 1000,
    ...(await audit(storage, clients, accepted * clientsEach)),
    ...{ clients: clients.length, accepted, stored },
  }
}

/** In the conversations that are spread evenly over the community's. Answers how many were acknowledged. */
async function say(port: number, { people, conversations }: Community, each: number): Promise<number> {
  const [speaker] = people
  if (!speaker) throw new Error('nobody speaks')
  const step = conversations.length / BUSY
  const lines = Array.from({ length: BUSY * each }, (_, n) => {
    const conversation = conversations[Math.floor((n % BUSY) * step)]
    if (!conversation) throw new Error('no such conversation')
    return { conversation, body: bodyOf(1, n) }
  })
  await sayAll(port, speaker, lines)
  return lines.length
}

/** Holds what each client was told against the log, change by change. Throws when a client was told something else. */
async function audit(storage: Storage, clients: readonly Returning[], expected: number): Promise<Sample> {
  const logs = await readLogs(storage, new Set(clients.map(({ community }) => community)))
  let [delivered, missing, inLogs] = [0, 0, 0]
  for (const client of clients) {
    const told = client.told()
    for (const [conversation, changes] of logs.get(client.community) ?? []) {
      const heard = told.get(conversation)
      // In order and each once: what is not missing is the log.
      const known = new Set(heard)
      const without = changes.filter((change) => !known.has(change))
      if ((heard ?? []).join() !== changes.filter((change) => known.has(change)).join())
        throw new Error(
          `in ${conversation} a client was told of ${heard?.join()}, the log has ${changes.join()}`,
        )
      delivered += known.size
      missing += without.length
      inLogs += changes.length
    }
  }
  if (inLogs !== expected) throw new Error(`${expected} changes were to be missed, the logs have ${inLogs}`)
  return { 'missing changes': missing, delivered }
}

/** The changes in each community's logs since the clients left, by conversation. */
async function readLogs(
  storage: Storage,
  communities: ReadonlySet<Community>,
): Promise<ReadonlyMap<Community, Missed>> {
  const store = await storage.openStore()
  try {
    const logs = new Map<Community, Missed>()
    for (const community of communities) logs.set(community, await missedIn(store, community))
    return logs
  } finally {
    await store.close()
  }
}
