import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../../server/test/support/until.ts'
import { getServer } from '../src/rest/operations.ts'
import { act, agreed, emptied } from './agreeing.ts'
import { RealWorld, Switch } from './real-world.ts'
import { seeded } from './world.ts'

const world = await RealWorld.open()
after(() => world.close())

const nothing = () => undefined

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
      if (step === 70) await world.nodes[0]?.stop()
      if (step === 90) await world.nodes[0]?.start()
      if (step % 10 === 0) await clients[1]?.rest.call(getServer, {}).catch(nothing)
    }
    for (const client of clients) await client.ready()
    for (const [at, client] of clients.entries()) {
      await emptied(client)
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
