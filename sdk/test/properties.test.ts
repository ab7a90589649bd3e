import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deep } from '../../server/test/support/deep.ts'
import type { Client, ConversationHandle, TimelineItem } from '../src/index.ts'
import { CALM, type FakeAccount, type FakeConversation, type Script } from '../src/testing/index.ts'
import { newWorld, seeded, type World } from './world.ts'

type Deed =
  | 'send'
  | 'mention'
  | 'reply'
  | 'edit'
  | 'delete'
  | 'react'
  | 'unreact'
  | 'read'
  | 'unread'
  | 'older'
  | 'around'
  | 'fill'
  | 'cut'
  | 'offline'
  | 'online'
  | 'busy'
  | 'calm'
  | 'restart'

const deeds: readonly Deed[] = [
  ...['send', 'send', 'send', 'mention', 'reply', 'edit', 'delete', 'react', 'unreact', 'read', 'unread'],
  ...['older', 'around', 'fill', 'cut', 'offline', 'online', 'busy', 'calm', 'restart'],
] as Deed[]

interface Step {
  readonly who: number
  readonly deed: Deed
  /** Decides which of the messages is meant. */
  readonly at: number
  readonly wait: number
}

const steps = fc.array(
  fc.record<Step>({
    who: fc.nat(2),
    deed: fc.constantFrom(...deeds),
    at: fc.nat(1_000),
    wait: fc.constantFrom(0, 0, 1, 5, 40, 400),
  }),
  { minLength: 5, maxLength: 60 },
)

/** A network as bad as networks are, or worse. */
function badNetwork(random: () => number): Script {
  return {
    delay: () => Math.floor(random() * 30),
    drops: () => random() < 0.01,
    loses: () => false,
    duplicates: () => random() < 0.2,
    reorders: () => true,
  }
}

const nothing = () => undefined

/** Two devices of Alice and one of Bob, each with a timeline that it watches. */
async function begin(seed: number): Promise<{ world: World; clients: readonly Client[] }> {
  const world = newWorld({ seed, maxMissed: 12 })
  const { alice, bob, conversation } = world
  const clients = [await world.connect(alice), await world.connect(alice), await world.connect(bob)]
  for (const client of clients) client.conversation(conversation.id).timeline.subscribe(nothing)
  await world.clock.advance(100)
  world.server.network.script = badNetwork(seeded(seed + 1))
  return { world, clients }
}

const ignored = (loading: Promise<unknown>): void => void loading.catch(nothing)

function act({ server, conversation }: World, place: ConversationHandle, { deed, at }: Step): void {
  const { lastSeq } = conversation
  const seq = lastSeq === 0 ? 0 : 1 + (at % lastSeq)
  const message = conversation.messages[seq - 1]
  const key = at % 2 === 0 ? '👍' : '❤'
  const { timeline } = place
  if (deed === 'send') place.send(`text ${at}`)
  if (deed === 'mention') place.send('for @alice and @bob')
  if (deed === 'reply' && message?.thread === null && !message.deletedAt) place.send('reply', { thread: seq })
  if (deed === 'edit' && message) place.edit(seq, at % 3 === 0 ? `@bob ${at}` : `edited ${at}`)
  if (deed === 'delete' && message) place.delete(seq)
  if (deed === 'react' && message) place.react(seq, key)
  if (deed === 'unreact' && message) place.unreact(seq, key)
  if (deed === 'read') place.markRead(at % 2 === 0 ? undefined : seq)
  if (deed === 'unread' && message) place.markUnread(seq)
  if (deed === 'older') ignored(timeline.loadOlder(1 + (at % 5)))
  if (deed === 'around' && message) ignored(timeline.loadAround(seq, 3))
  if (deed === 'fill') {
    const hole = timeline.get().items.find((item) => item.kind === 'hole')
    if (hole) ignored(hole.fill(at % 2 === 0 ? 'newer' : 'older', 3))
  }
  if (deed === 'cut') server.network.cut()
  if (deed === 'offline') server.network.goOffline()
  if (deed === 'online') server.network.goOnline()
  if (deed === 'busy') server.refusal = 'busy'
  if (deed === 'calm') server.refusal = undefined
  if (deed === 'restart') server.closeAll(4200, 'restart')
}

async function comeToRest({ server, clock, conversation }: World, clients: readonly Client[]): Promise<void> {
  server.network.script = CALM
  server.refusal = undefined
  server.network.goOnline()
  await clock.advance(120_000)
  // Behind a refused one others may wait that are refused as well.
  for (let refused = refusedOf(clients); refused.length > 0; refused = refusedOf(clients)) {
    for (const [client, { clientId }] of refused) client.outbox.discard(clientId)
    await clock.advance(1_000)
  }
  for (const client of clients) {
    const { timeline } = client.conversation(conversation.id)
    for (let hole = holeOf(timeline.get().items); hole; hole = holeOf(timeline.get().items)) {
      const filled = hole.fill()
      await clock.advance(100)
      await filled
    }
  }
  await clock.advance(60_000)
}

const refusedOf = (clients: readonly Client[]) =>
  clients.flatMap((client) =>
    client.outbox.list.get().flatMap((entry) => (entry.state === 'failed' ? [[client, entry] as const] : [])),
  )

const holeOf = (items: readonly TimelineItem[]) => items.find((item) => item.kind === 'hole')

/** The timeline that an account is to see, from the log. */
const expected = (conversation: FakeConversation, { account }: FakeAccount) =>
  conversation.messages.map((message) =>
    message.deletedAt
      ? { seq: message.seq, deletedAt: message.deletedAt }
      : { message, own: conversation.ownOf(account.id, message.seq).toSorted() },
  )

const shown = (items: readonly TimelineItem[]) =>
  items.map((item) => {
    if (item.kind === 'message') return { message: item.message, own: item.own.toSorted() }
    return item.kind === 'deleted' ? { seq: item.seq, deletedAt: item.deletedAt } : item
  })

test('each timeline is the log, every badge right and the outbox empty, after any deeds over any network', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), steps, async (seed, all) => {
      const { world, clients } = await begin(seed)
      for (const step of all) {
        const place = clients[step.who]?.conversation(world.conversation.id)
        if (place) act(world, place, step)
        await world.clock.advance(step.wait)
      }
      await comeToRest(world, clients)
      for (const [at, client] of clients.entries()) {
        const owner = at < 2 ? world.alice : world.bob
        const listing = world.conversation.listing(owner.account.id)
        const snapshot = client.conversation(world.conversation.id).timeline.get()
        assert.deepEqual(shown(snapshot.items), expected(world.conversation, owner))
        assert.equal(snapshot.isStale, false)
        assert.deepEqual(client.conversation(world.conversation.id).listing.get(), listing)
        assert.deepEqual(client.outbox.list.get(), [])
        client.close()
      }
      assert.deepEqual(world.server.connections, 0)
    }),
    { numRuns: deep(60) },
  )
})
