import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { MESSAGE_REFUSED, refusalOf } from '../interop/refusals.ts'
import { addresses, KINDS, type Participant, type World } from '../interop/world.ts'
import { BareSubscriber } from '../support/channels.ts'
import { success } from '../support/chatapp.ts'
import type { Place, Stream } from '../support/clients/index.ts'
import { SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { startBalancer } from './balancer.ts'
import { Cluster } from './cluster.ts'

// People at one node learn of each act at another, in each dialect.

const opened = new AsyncDisposableStack()
let cluster: Cluster
let world: World
/** Each at a node of their own. */
let ann: Participant
let ben: Participant
let cat: Participant
before(async () => {
  cluster = opened.use(await Cluster.start())
  world = opened.use(await cluster.world())
  ;[ann, ben, cat] = [await world.join('ann'), await world.join('ben'), await world.join('cat')]
})
after(() => opened.disposeAsync())

/** In the way of the first dialect that opens such. */
function open(kind: Place['kind'], others: readonly Participant[] = [ben]): Promise<Place> {
  const opening = KINDS.find((one) => one.kind === kind)
  assert.ok(opening)
  return world.open(ann, opening.opener, { kind, others })
}

test('chatapp: a contact comes with the first connection at any node and goes with the last', async () => {
  const [dan, eve] = [await world.join('dan'), await world.join('eve')]
  await dan.chatapp.ask({ type: 'add_contact', contact_username: eve.username })
  await Promise.all([eve.groups.close(), eve.chatapp.close()])
  const status = (is_online: boolean) => success('user_status', { username: eve.username, is_online })
  await until('eve to be gone', () => dan.chatapp.ws.frames.length > 0)
  assert.deepEqual(await dan.chatapp.ws.settle(), [status(false)])

  const phone = await eve.chatapp.again(cluster.node(1))
  const tab = await eve.chatapp.again(cluster.node(2))
  await until('eve to be back', () => dan.chatapp.ws.frames.length > 1)
  await phone.close()
  const { data } = await dan.chatapp.ws.ask({ type: 'self' })
  assert.equal((data as { is_online: boolean }).is_online, true)
  await tab.close()
  await until('eve to be gone again', () => dan.chatapp.ws.frames.length > 2)
  assert.deepEqual(await dan.chatapp.ws.settle(), [status(false), status(true), status(false)])
})

test('rooms: a person who comes and goes at one node is announced at another, once', async () => {
  const { gid } = await open('open')
  const enter = async (who: Participant) => {
    const listener = new SocketIoListener(who.where.url)
    assert.equal(await listener.auth({ uuid: who.rooms.uuid, room_gid: gid }), 'acknowledged')
    await until('the own arrival', () => listener.payloads('join_room').length > 0)
    listener.log.length = 0
    return listener
  }
  const here = await enter(ann)
  const there = await enter(ben)
  await until('the arrival', () => here.log.length > 0)
  there.end()
  await until('the departure', () => here.payloads('leave_room').length > 0)
  const visitor = { user: `${ben.username} of rooms`, uuid: ben.account.uuid }
  assert.deepEqual(here.log, [
    ['join_room', visitor],
    ['leave_room', visitor],
  ])
  here.end()
})

test('Socket.IO over WebSocket needs no sticky sessions', async () => {
  await using balancer = await startBalancer(cluster.nodes)
  const place = await open('open', [ben, cat])
  const kinds = ['Socket.IO 4, WebSocket only', 'Socket.IO 2, WebSocket only'] as const
  const listeners = [...kinds, ...kinds, ...kinds].map((kind) => new SocketIoListener(balancer.url, kind))
  for (const listener of listeners) {
    assert.equal(await listener.auth({ uuid: ann.rooms.uuid, room_gid: place.gid }), 'acknowledged')
  }
  const texts = ['one', 'two', 'three']
  for (const text of texts) await ann.rooms.send(place, text)
  for (const listener of listeners) {
    await until('all three', () => listener.texts.length === texts.length)
    assert.deepEqual(listener.texts, texts)
    listener.end()
  }
})

test('chatapp: a conversation made at one node is live at once for its members at another', async () => {
  ben.chatapp.ws.frames.length = 0
  const place = await world.open(ann, 'chatapp', { kind: 'group', others: [ben] })
  await ann.messenger.send(place, 'welcome')
  await until('the welcome', () => ben.chatapp.ws.frames.length === 2)
  assert.deepEqual(
    ben.chatapp.ws.frames.map(({ type }) => type),
    ['create_conversation', 'send_message'],
  )
})

for (const kind of ['private', 'group', 'open'] as const) {
  test(`a message that one node has acknowledged is in the histories of the others, at once: ${kind}`, async () => {
    const place = await open(kind)
    for (const dialect of DIALECT_NAMES.filter((one) => addresses(one, kind))) {
      await ann[dialect].send(place, `over ${dialect}`)
      const newest = await Promise.all(
        DIALECT_NAMES.filter((one) => addresses(one, kind)).map((one) => ben[one].history(place)),
      )
      for (const history of newest) assert.equal(history.at(-1)?.text, `over ${dialect}`)
    }
  })
}

test('a person who leaves at one node hears nothing more at another', async () => {
  const place = await world.open(ann, 'groups', { kind: 'open', name: 'a square', others: [ben, cat] })
  const streamsOf = async (who: Participant) =>
    (await Promise.all((['rooms', 'chatapp', 'groups'] as const).map((one) => who[one].listen(place)))).flat()
  const [anns, cats] = [await streamsOf(ann), await streamsOf(cat)]
  await until('everybody to listen', async () => {
    await ann.rooms.send(place, 'is anybody there?')
    return [...anns, ...cats].every(({ shown }) => shown.length > 0)
  })

  const elsewhere = await cat.groups.again(cluster.node(0))
  const [answer] = await elsewhere.ask('leave_group', { group_name: 'a square' })
  assert.equal(answer?.[0], 'leave_success')
  elsewhere.close()

  // The news of it travels; once it is there nothing comes any more.
  const hears = (streams: readonly Stream[], text: string) =>
    streams.some(({ shown }) => shown.some((message) => message.text === text))
  let attempt = 0
  await until('cat to hear nothing', async () => {
    const text = `is cat gone? ${++attempt}`
    await ann.rooms.send(place, text)
    await until('ann to hear', () => hears(anns, text))
    return !hears(cats, text)
  })
  await ann.rooms.send(place, 'cat is gone')
  await ann.rooms.send(place, 'the end')
  for (const stream of anns) await until(`the end, ${stream.transport}`, () => hears([stream], 'the end'))
  assert.ok(!hears(cats, 'cat is gone'))
  assert.ok(!hears(cats, 'the end'))
})

test('a person who is blocked at one node is refused at another, in every dialect', async () => {
  const [blocker, blocked] = [await world.join('blocker'), await world.join('blocked')]
  const place = await world.open(blocked, 'channels', { kind: 'private', others: [blocker] })
  for (const dialect of DIALECT_NAMES) await blocked[dialect].send(place, 'before')
  await world.server.chat.contacts.block(blocker.account.accountId, blocked.account.accountId)
  for (const dialect of DIALECT_NAMES)
    assert.deepEqual(await refusalOf(blocked[dialect].send(place, 'after')), MESSAGE_REFUSED[dialect])
})

test('channels: a chat requested at one node is announced to the other person at another', async () => {
  const [hal, ida] = [await world.join('hal'), await world.join('ida')]
  const pusher = new BareSubscriber(ida.where.url)
  const person = { id: ida.channels.id, token: ida.channels.token, username: ida.username }
  await pusher.subscribe(cluster.node(0).url, person, `private-notification_user_${ida.channels.id}`)
  await world.open(hal, 'channels', { kind: 'private', others: [ida] })
  const announced = (await pusher.hears('new_chat')) as { channel_name: string }
  assert.equal(announced.channel_name, `private-chat_${hal.channels.id}_${ida.channels.id}`)
  pusher.close()
})
