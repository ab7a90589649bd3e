import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChatappClient, ChatappHttp, type Frame } from '../support/chatapp.ts'
import { GroupsClient } from '../support/groups.ts'
import { register, SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// Redis takes its time for what a node tells it, as it may when it saves or is full: news crosses what it is about.

const ROUNDS = 4
const OLD = 5

const opened = new AsyncDisposableStack()
let cluster: Cluster
let here: ChatappHttp
let there: ChatappHttp
/** At the first node, and somebody at the second who hears what is said there. */
let ann: ChatappClient
let witness: ChatappClient
let witnessed: number
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2, isCuttable: true }))
  ;[here, there] = [new ChatappHttp(cluster.node(0).url), new ChatappHttp(cluster.node(1).url)]
  ;[ann, witness] = [await here.join('ann'), await there.join('witness')]
  witnessed = await converse(witness.username)
})
after(async () => {
  for (const http of [here, there]) http.close()
  GroupsClient.endAll()
  await opened.disposeAsync()
})

/** Ann's new conversation with somebody. */
async function converse(username: string, name = 'another'): Promise<number> {
  const made = await ann.data<{ id: number }>({ type: 'create_conversation', members: [username], name })
  return made.id
}

/** Resolves when all that the first node has said before has come to the second: news of a node keep their order. */
async function crossed(): Promise<void> {
  await ann.ask({ type: 'send_message', conversation_id: witnessed, content: 'a mark' })
  await witness.next('send_message')
}

const has = (frames: readonly Frame[], type: string): boolean => frames.some((frame) => frame.type === type)

/** Bob connects at a node while what it asks of Redis waits; that is done meanwhile, at the other node. */
async function whileConnecting(bob: string, done: () => Promise<void>) {
  const cookie = await there.login(bob)
  cluster.node(1).hold('redis')
  const ws = there.open({ cookie }, bob)
  await until('what it asks to wait', () => cluster.node(1).countHeld('redis', 'ssubscribe') > 0)
  await done()
  await crossed()
  await cluster.node(1).release('redis')
  await ws.settle()
  return ws
}

test('chatapp: a person who leaves elsewhere while connecting hears nothing more of the conversation', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const bob = await there.register('bob')
    const id = await converse(bob, 'secret')
    const groups = await GroupsClient.connect(cluster.node(0).url)
    const [found] = await groups.ask('find_user', { username: bob, password: 'correct horse' })
    assert.ok(found)
    const [group_name] = (found[1] as { group_list: string[] }).group_list
    const ws = await whileConnecting(bob, async () => {
      assert.equal((await groups.ask('leave_group', { username: bob, group_name }))[0]?.[0], 'leave_success')
    })
    const later = await converse(bob, 'for bob')
    await ws.next('create_conversation')
    await ann.ask({ type: 'send_message', conversation_id: id, content: 'not for bob' })
    await ann.ask({ type: 'send_message', conversation_id: later, content: 'for bob' })
    const { data } = await ws.next('send_message')
    assert.equal((data as { content: string }).content, 'for bob')
    assert.equal(has(await ws.settle(), 'send_message'), false)
    await ws.close()
  }
})

test('chatapp: a person who is added elsewhere while connecting hears that conversation', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const bob = await there.register('bob')
    // Its list takes a while to be heard.
    for (let n = 0; n < OLD; n++) await converse(bob, `${n}`)
    let id = 0
    const ws = await whileConnecting(bob, async () => {
      id = await converse(bob, 'new')
    })
    await ann.ask({ type: 'send_message', conversation_id: id, content: 'hello' })
    await until('the message', async () => has(await ws.settle(), 'send_message'))
    await ws.close()
  }
})

test('rooms: a person who left at one node and came back at another hears on when the leaving is told', async () => {
  const [near, far] = [cluster.node(0), cluster.node(1)]
  const eve = await register(near.url, 'eve')
  const bob = await register(far.url, 'bob')
  const gid = await bob.createRoom()
  const groups = await GroupsClient.connect(near.url)
  await groups.ask('find_user', { username: eve.login, password: eve.password })
  const first = await new SocketIoListener(far.url).entered(eve, gid)
  near.hold('redis')
  assert.equal(
    (await groups.ask('leave_group', { username: eve.login, group_name: gid }))[0]?.[0],
    'leave_success',
  )
  const again = await new SocketIoListener(far.url).entered(eve, gid)
  await near.release('redis')
  await crossed()
  await bob.send(gid, 'after')
  for (const socket of [first, again]) {
    await until('the message', () => socket.texts.includes('after'))
    socket.end()
  }
})
