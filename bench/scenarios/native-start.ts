import { setTimeout } from 'node:timers/promises'
import { conversationName } from '../../server/src/dialects/native/names.ts'
import { bodyOf } from '../load/body.ts'
import { within } from '../load/within.ts'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import { type Community, seedCommunities } from '../targets/parlance/communities.ts'
import { openNativeSocket } from '../targets/parlance/native-socket.ts'
import { sayAll } from '../targets/parlance/native-speaker.ts'
import type { Person } from '../targets/parlance/seeding.ts'
import { type Parlance, startOn } from '../targets/parlance/server.ts'
import { createSqlite } from '../targets/parlance/storage.ts'

const PEOPLE = 5
/** Long enough for the server to tidy up after the client before. */
const PAUSE_MS = 20
const WARM_UPS = 10
/** Conversations that `ready` lists: the newest. */
const LISTED = 50
const QUIET_MS = 100

/** One client after the other, of people who have so many conversations: from `hello` to `ready`, and to `live`. */
export async function nativeStart(conversations: number, starts: number): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const sizes = { communities: 1, peopleEach: PEOPLE, conversationsEach: conversations }
  const [community] = await seedCommunities(storage, sizes)
  if (!community) throw new Error('nobody is there')
  const parlance = await startOn({ storage, conversations: [] })
  opened.defer(() => parlance.stop())
  const took: Took[] = []
  for (let n = 0; n < WARM_UPS + starts; n++) {
    const person = community.people[n % PEOPLE]
    if (person) took.push(await start(parlance, person, community))
    await setTimeout(PAUSE_MS)
  }
  const counted = took.slice(WARM_UPS)
  const readyMs = counted.map(({ ready }) => ready)
  const storedBefore = await storage.countStored()
  const delivered = await hearEverywhere(parlance, community)
  const stored = (await storage.countStored()) - storedBefore
  if (stored !== conversations)
    throw new Error(`${conversations} messages were acknowledged, ${stored} are stored`)
  return {
    'p50 ms': percentile(readyMs, 0.5),
    'p99 ms': percentile(readyMs, 0.99),
    'live p50 ms': percentile(
      counted.map(({ live }) => live),
      0.5,
    ),
    ...{ starts: counted.length, accepted: conversations, stored, delivered },
  }
}

interface Took {
  readonly ready: number
  readonly live: number
}

/** Throws unless the client is shown its newest conversations, each with its message. */
async function start({ port }: Parlance, { nativeToken }: Person, community: Community): Promise<Took> {
  const socket = await openNativeSocket(port, () => undefined)
  const startedAt = performance.now()
  const frame = await within('ready', socket.hello({ token: nativeToken }))
  const ready = performance.now() - startedAt
  await within('live', socket.isLive)
  const live = performance.now() - startedAt
  socket.close()
  const expected = community.conversations
    .slice(-LISTED)
    .map(({ conversationId }) => conversationName(conversationId))
  const shown = listedIn(frame)
  if (shown.length !== expected.length || expected.some((name) => !shown.includes(name)))
    throw new Error(`ready has not the newest conversations, but ${shown.join(', ')}`)
  return { ready, live }
}

function listedIn(frame: string): readonly string[] {
  const { listings }: { listings: { id: string; lastMessage: unknown }[] } = JSON.parse(frame)
  return listings.filter(({ lastMessage }) => lastMessage !== null).map(({ id }) => id)
}

/** Once `live`, a client hears every conversation: answers how many it heard of a message in each. */
async function hearEverywhere({ port }: Parlance, { people, conversations }: Community): Promise<number> {
  const [hearer, speaker] = people
  if (!hearer || !speaker) throw new Error('nobody speaks')
  const all = Promise.withResolvers<void>()
  const heard = new Set<string>()
  let delivered = 0
  const socket = await openNativeSocket(port, (bytes, start, end) => {
    const frame = JSON.parse(bytes.toString('utf8', start, end))
    if (frame.type !== 'message.sent') return
    delivered++
    if (heard.add(frame.conversation).size === conversations.length) all.resolve()
  })
  await within('live', socket.live({ token: hearer.nativeToken }))
  const lines = conversations.map((conversation, n) => ({ conversation, body: bodyOf(1, n) }))
  await sayAll(port, speaker, lines)
  await within('a message in each conversation', all.promise)
  await setTimeout(QUIET_MS)
  socket.close()
  if (delivered !== conversations.length)
    throw new Error(`${delivered - conversations.length} deliveries too many`)
  return delivered
}
