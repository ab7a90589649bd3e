import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../../server/test/support/until.ts'
import type { Client, ConversationHandle, Message, TimelineItem } from '../src/index.ts'
import { getConversation, getServer, listMessages } from '../src/rest/operations.ts'
import { RealWorld, Switch } from './real-world.ts'
import { seeded } from './world.ts'

const world = await RealWorld.open()
after(() => world.close())

const nothing = () => undefined

/** Every message as the server has it. */
async function logOf(client: Client, c: string): Promise<readonly Message[]> {
  const { items } = await client.rest.call(listMessages, { params: { c }, query: { limit: 200 } })
  return items
}

const shown = (items: readonly TimelineItem[]): readonly unknown[] =>
  items.map((item) => {
    if (item.kind === 'message') return item.message
    return item.kind === 'deleted' ? [item.seq, item.deletedAt] : item
  })

const told = (messages: readonly Message[]): readonly unknown[] =>
  messages.map((message) => (message.deletedAt ? [message.seq, message.deletedAt] : message))

/** Waits until the client shows what the server has, and says what it shows instead. */
async function agreed(client: Client, place: ConversationHandle): Promise<void> {
  const isSame = async () => {
    const log = await logOf(client, place.id)
    const listing = await client.rest.call(getConversation, { params: { c: place.id } })
    try {
      assert.deepEqual(client.outbox.list.get(), [])
      assert.deepEqual(shown(place.timeline.get().items), told(log))
      assert.deepEqual(place.listing.get(), listing)
      return { isRight: true }
    } catch (error) {
      return { isRight: false, error }
    }
  }
  let last: Awaited<ReturnType<typeof isSame>> | undefined
  await until(
    'the timeline to be the log',
    async () => {
      last = await isSame()
      return last.isRight
    },
    20_000,
  ).catch(() => {
    throw last?.error
  })
}

async function twoIn() {
  const [alice, bob] = [
    await world.person(`alice${performance.now()}`),
    await world.person(`bob${performance.now()}`),
  ]
  const network = new Switch()
  const clients = [
    await world.connect(alice.token, { runtime: network.runtime }),
    await world.connect(alice.token),
    await world.connect(bob.token),
  ]
  const [first] = clients
  assert.ok(first)
  const { id } = await first.createConversation({ kind: 'group', name: 'talk', members: [bob.id] })
  const places = clients.map((client) => client.conversation(id))
  for (const { timeline } of places) timeline.subscribe(nothing)
  return { clients, places, network }
}

function act(place: ConversationHandle, random: () => number): void {
  const lastSeq = place.listing.get()?.lastSeq ?? 0
  const seq = 1 + Math.floor(random() * lastSeq)
  const deed = Math.floor(random() * 10)
  if (deed <= 3 || lastSeq === 0) place.send(`text ${random()}`)
  else if (deed === 4) place.edit(seq, `edited ${random()}`)
  else if (deed === 5) place.delete(seq)
  else if (deed === 6) place.react(seq, '👍')
  else if (deed === 7) place.unreact(seq, '👍')
  else if (deed === 8) place.markRead()
  else place.send('reply', { thread: seq })
}

test('over a restart of the server and a network that goes and comes, each timeline is the log', async () => {
  const { clients, places, network } = await twoIn()
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  const random = seeded(seed)
  try {
    for (let step = 0; step < 120; step += 1) {
      const place = places[Math.floor(random() * places.length)]
      if (place) act(place, random)
      if (step === 30) network.off()
      if (step === 50) network.on()
      if (step === 70) await world.stop()
      if (step === 90) await world.start()
      if (step % 10 === 0) await clients[1]?.rest.call(getServer, {}).catch(nothing)
    }
    for (const client of clients) await client.ready()
    for (const [at, client] of clients.entries()) {
      const refused = () => client.outbox.list.get().find(({ state }) => state === 'failed')
      await until('the outbox to be empty', () => {
        // Others' messages may not be changed, nor deleted ones.
        const entry = refused()
        if (entry) client.outbox.discard(entry.clientId)
        return client.outbox.list.get().length === 0
      })
      const place = places[at]
      if (place) await agreed(client, place)
    }
    assert.ok((places[0]?.timeline.get().items.length ?? 0) > 20)
  } catch (error) {
    throw new Error(`SEED=${seed}`, { cause: error })
  }
})

test('conversations are entered, left and listed as the account is in them', async () => {
  const unique = String(Math.round(performance.now()))
  const [ann, ben] = [await world.person(`ann${unique}`), await world.person(`ben${unique}`)]
  const [a, b] = [await world.connect(ann.token), await world.connect(ben.token)]
  const open = await a.createConversation({ kind: 'open', name: `lobby${unique}` })
  await open.send('welcome').done()
  const entered = await b.enter(`lobby${unique}`)
  assert.equal(entered.id, open.id)
  await until('the count of members', () => open.listing.get()?.memberCount === 2)
  const group = await a.createConversation({ kind: 'group', name: 'two', members: [] })
  await group.putMember(ben.id)
  await until('the new conversation', () => b.conversations.get().items.some(({ id }) => id === group.id))
  await group.send(`hello @ben${unique}`).done()
  await until('the badges', () => b.conversations.get().mentions === 1 && b.conversations.get().unread >= 1)
  b.conversation(group.id).markRead()
  await b.conversation(group.id).set({ muted: true })
  await until('the badges to go', () => b.conversations.get().mentions === 0)
  assert.equal(b.conversation(group.id).listing.get()?.me.muted, true)
  await entered.leave()
  await group.removeMember(ben.id)
  await until('the conversations to go', () => b.conversations.get().items.length === 0)
  assert.deepEqual(
    (await a.searchPeople(`ben${unique}`)).map(({ id }) => id),
    [ben.id],
  )
})
