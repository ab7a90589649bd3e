import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NativeFrame, NativeSocket } from '../support/native-socket.ts'
import { openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

const news = (client: NativeSocket, type: string): Promise<NativeFrame> =>
  client.find(type, (frame) => frame.op === 'account' && frame.type === type)

test('tells every device of an account what one of them does', async () => {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const conversation = await world.group(ann, bob)
  const [phone, desk, b] = [await world.connect(ann), await world.connect(ann), await world.connect(bob)]
  await b.say(conversation, `hello @${ann.username}`)
  const mentioned = await news(desk, 'mentioned')
  assert.deepEqual(mentioned.data, { conversation, seq: 1, gone: false })
  await phone.ok('read', { conversation, seq: 1 })
  const moved = await news(desk, 'read.moved')
  assert.deepEqual(moved.data, { conversation, readSeq: 1, unread: 0, mentions: 0 })
  await world.ask(ann, `PATCH /v1/conversations/${conversation}/me`, { pinned: true })
  const pinned = await news(desk, 'settings.changed')
  assert.equal(pinned.data.me.pinned, true)
  await world.ask(ann, 'PATCH /v1/me', { bio: 'here' })
  assert.equal((await news(desk, 'profile.changed')).data.account.bio, 'here')
  const cursors = desk.frames.filter(({ op }) => op === 'account').map(({ cursor }) => cursor)
  assert.deepEqual(cursors, [2, 3, 4, 5])
})

test('shows a new conversation before anything that is said there', async () => {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const [a, b] = [await world.connect(ann), await world.connect(bob)]
  const conversation = await world.group(ann, bob)
  await Promise.all([a.say(conversation, 'one'), a.say(conversation, 'two')])
  const { version } = await a.say(conversation, 'three')
  await b.find('the last', ({ op, change }) => op === 'event' && change === version)
  const joined = await news(b, 'joined')
  const from = joined.data.listing.lastChange
  assert.equal(joined.data.listing.id, conversation)
  const events = b.eventsOf(conversation)
  assert.deepEqual(
    events.map(({ change }) => change),
    Array.from({ length: version - from }, (_, n) => from + 1 + n),
  )
  assert.ok(events.every((event) => b.frames.indexOf(event) > b.frames.indexOf(joined)))
})
