import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Account } from '../../src/core/chat.ts'
import type { Participant, World } from '../interop/world.ts'
import { type ChatappClient, ChatappHttp, type Frame } from '../support/chatapp.ts'
import type { Place } from '../support/clients/index.ts'
import { SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'
import { askReady } from './node.ts'

// While a node is cut off from Redis, somebody who is connected there comes to conversations and leaves them at
// another node.

const PROBE = 'is everybody there?'
/** Many more than are reviewed at a time. */
const CROWD = 60
const series = (count: number) => Array.from({ length: count }, (_, n) => n)

const opened = new AsyncDisposableStack()
let cluster: Cluster
let world: World
/** At the node that is cut off. */
let ben: Participant
let ann: Participant
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2, isCuttable: true }))
  world = opened.use(await cluster.world())
  ;[ben, ann] = [await world.join('ben'), await world.join('ann')]
})
after(() => opened.disposeAsync())

async function cutOff(): Promise<void> {
  cluster.node(0).cutFrom('redis')
  await until('the outage', async () => (await askReady(cluster.node(0)))?.bus === 'unavailable')
}

const saidIn = (frames: readonly Frame[], { conversationId }: Place): unknown[] =>
  frames.flatMap(({ type, data }) => {
    const { conversation_id, content } = (data ?? {}) as Record<string, unknown>
    return type === 'send_message' && conversation_id === conversationId ? [content] : []
  })

/** Without the probes, the last of which may come after the outage. */
const newIn = (frames: readonly Frame[], place: Place): unknown[] =>
  saidIn(frames, place).filter((text) => text !== PROBE)

test('chatapp: an open connection hears conversations from its joining on, and none that it left', async () => {
  const park = await world.open(ann, 'groups', { kind: 'open', name: 'a park', others: [] })
  const square = await world.open(ann, 'groups', { kind: 'open', name: 'a square', others: [ben] })
  const { ws } = ben.chatapp
  await ann.rooms.send(park, 'before ben came')
  await until('ben to hear the square', async () => {
    await ann.rooms.send(square, PROBE)
    return saidIn(await ws.settle(), square).length > 0
  })

  await cutOff()
  const elsewhere = await ben.groups.again(cluster.node(1))
  ws.frames.length = 0
  await elsewhere.ask('leave_group', { group_name: 'a square' })
  await ann.rooms.send(square, 'ben has left')
  await elsewhere.ask('join_group', { group_name: 'a park' })
  await ann.rooms.send(park, 'ben has come')
  const group = await world.open(ann, 'chatapp', { kind: 'group', others: [ben] })
  await ann.messenger.send(group, 'welcome')
  assert.deepEqual(await ws.settle(), [])
  cluster.node(0).reconnect()

  await until('what ben came to', () => saidIn(ws.frames, group).length + saidIn(ws.frames, park).length >= 2)
  for (const place of [square, park, group]) await ann.rooms.send(place, 'the end')
  for (const place of [park, group])
    await until('the end', () => saidIn(ws.frames, place).includes('the end'))
  const ofGroup = ws.frames.filter(({ data }) => {
    const { id, conversation_id } = data as Record<string, unknown>
    return [id, conversation_id].includes(group.conversationId)
  })
  assert.equal(ofGroup[0]?.type, 'create_conversation')
  assert.deepEqual(saidIn(ws.frames, group), ['welcome', 'the end'])
  assert.deepEqual(saidIn(ws.frames, park), ['ben has come', 'the end'])
  assert.deepEqual(newIn(ws.frames, square), [])
  elsewhere.close()
})

test('chatapp: none of many who left meanwhile hears messages since', async () => {
  const { conversations, accounts } = world.server.chat
  const place = await world.open(ann, 'rooms', { kind: 'open', others: [ben] })
  const http = new ChatappHttp(cluster.node(0).url)
  opened.defer(() => http.close())
  const crowd = await Promise.all(series(CROWD).map(() => http.join('one-of-many')))
  const people = await Promise.all(crowd.map(({ username }) => accounts.findByUsername(username)))
  const eachOfThem = (act: (account: Account) => Promise<unknown>) =>
    Promise.all(people.map((account) => account && act(account)))
  await eachOfThem((account) => conversations.enter(account, place))
  await until('all to hear it', async () => {
    await ann.rooms.send(place, PROBE)
    return (await framesOf(crowd)).every((frames) => saidIn(frames, place).length > 0)
  })

  await cutOff()
  for (const { ws } of [ben.chatapp, ...crowd.map((ws) => ({ ws }))]) ws.frames.length = 0
  await eachOfThem(({ accountId }) => conversations.leave(accountId, place))
  for (const text of ['one', 'two']) await ann.rooms.send(place, text)
  cluster.node(0).reconnect()
  // Ben, who has stayed, is told at the same time as they would be.
  await until('what was said', () => saidIn(ben.chatapp.ws.frames, place).includes('two'))
  await ann.rooms.send(place, 'the end')
  await until('the end', () => saidIn(ben.chatapp.ws.frames, place).includes('the end'))
  const heard = (await framesOf(crowd)).flatMap((frames) => newIn(frames, place))
  assert.deepEqual(heard, [])
})

test('rooms and groups: a person who left meanwhile hears no later message, and is announced as gone', async () => {
  const name = 'a yard'
  const place = await world.open(ann, 'groups', { kind: 'open', name, others: [ben] })
  const witness = new SocketIoListener(cluster.node(1).url)
  assert.equal(await witness.auth({ uuid: ann.rooms.uuid, room_gid: place.gid }), 'acknowledged')
  const streams = [...(await ben.rooms.listen(place)), ...(await ben.groups.listen(place))]
  await until('ben to hear it', async () => {
    await ann.rooms.send(place, PROBE)
    return streams.every(({ shown }) => shown.length > 0)
  })

  await cutOff()
  const elsewhere = await ben.groups.again(cluster.node(1))
  await elsewhere.ask('leave_group', { group_name: name })
  await ann.rooms.send(place, 'ben has left')
  cluster.node(0).reconnect()
  // His Socket.IO clients of rooms, of both ages.
  await until('ben to be gone', () => witness.payloads('leave_room').length === 2)
  await ann.rooms.send(place, 'the end')
  await until('the end', () => witness.texts.includes('the end'))
  await hears(ben, 'the end of the test')
  for (const { shown, transport } of streams)
    assert.deepEqual([transport, ...new Set(shown.map(({ text }) => text))], [transport, PROBE])
  elsewhere.close()
  witness.end()
})

/** Sends one message and waits for it: all earlier news for that person's node has then arrived there. */
async function hears(who: Participant, text: string): Promise<void> {
  const place = await world.open(ann, 'rooms', { kind: 'open', others: [who] })
  const streams = [...(await who.rooms.listen(place)), ...(await who.groups.listen(place))]
  await ann.rooms.send(place, text)
  await until(text, () => streams.every(({ shown }) => shown.some((message) => message.text === text)))
}

const framesOf = (clients: readonly ChatappClient[]) => Promise.all(clients.map((client) => client.settle()))
