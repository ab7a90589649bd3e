import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

test('hears what is said in each conversation of one’s own, also the one that has just begun', async () => {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const old = await world.group(ann, bob)
  const [a, b] = [await world.connect(ann), await world.connect(bob)]
  const fresh = await world.group(ann, bob)
  for (const conversation of [old, fresh]) {
    const { seq, version } = await a.say(conversation, 'hello')
    for (const client of [a, b]) {
      const { change, data } = await client.find(
        'the event',
        ({ op, type, conversation: place }) =>
          op === 'event' && type === 'message.sent' && place === conversation,
      )
      assert.equal(change, version)
      assert.equal(data.message.seq, seq)
      assert.equal(data.message.body, 'hello')
    }
  }
})

test('tells of the account and its newest conversations first', async () => {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const conversation = await world.group(ann, bob)
  const client = await world.connect(bob)
  const { account, listings, next, heartbeat, cursor } = await client.next('ready')
  assert.equal(account.id, bob.id)
  assert.deepEqual(
    listings.map(({ id }: { id: string }) => id),
    [conversation],
  )
  assert.equal(next, null)
  assert.equal(heartbeat, 25)
  assert.equal(cursor, 1)
  assert.equal(client.ws.protocol, 'parlance.v1')
})

test('answers sends that are under way together, in their order', async () => {
  const ann = await world.join('ann')
  const conversation = await world.group(ann)
  const client = await world.connect(ann)
  const said = await Promise.all(Array.from({ length: 30 }, (_, n) => client.say(conversation, String(n))))
  assert.deepEqual(
    said.map(({ seq }) => seq),
    Array.from({ length: 30 }, (_, n) => n + 1),
  )
})
