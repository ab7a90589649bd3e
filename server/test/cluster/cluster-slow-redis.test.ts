import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ChatappHttp, type Frame } from '../support/chatapp.ts'
import { GroupsClient } from '../support/groups.ts'
import { register, SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// Redis takes a second for what a node tells it, as it may when it saves or is full: news crosses what it is about.

const SLOW_MS = 500
const ROUNDS = 4
const OLD = 5

const opened = new AsyncDisposableStack()
let cluster: Cluster
let here: ChatappHttp
let there: ChatappHttp
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2, isCuttable: true }))
  ;[here, there] = [new ChatappHttp(cluster.node(0).url), new ChatappHttp(cluster.node(1).url)]
})
after(async () => {
  for (const http of [here, there]) http.close()
  GroupsClient.endAll()
  await opened.disposeAsync()
})

const has = (frames: readonly Frame[], type: string): boolean => frames.some((frame) => frame.type === type)

/** Bob connects at a node while what it asks of Redis waits; that is done meanwhile, at the other node. */
async function whileConnecting(bob: string, done: () => Promise<void>) {
  const cookie = await there.login(bob)
  cluster.node(1).hold('redis')
  const ws = there.open({ cookie }, bob)
  await setTimeout(SLOW_MS)
  await done()
  await setTimeout(SLOW_MS / 2)
  await cluster.node(1).release('redis')
  await ws.settle()
  return ws
}

test('chatapp: who has left elsewhere while connecting hears nothing more of it', async () => {
  const ann = await here.join('ann')
  for (let round = 0; round < ROUNDS; round++) {
    const bob = await there.register('bob')
    const { data } = await ann.ask({ type: 'create_conversation', members: [bob], name: 'secret' })
    const { id } = data as { id: number }
    const groups = await GroupsClient.connect(cluster.node(0).url)
    const [found] = await groups.ask('find_user', { username: bob, password: 'correct horse' })
    assert.ok(found)
    const [group_name] = (found[1] as { group_list: string[] }).group_list
    const ws = await whileConnecting(bob, async () => {
      assert.equal((await groups.ask('leave_group', { username: bob, group_name }))[0]?.[0], 'leave_success')
    })
    // It is told as soon as Redis has taken what the node asked of it.
    await setTimeout(SLOW_MS)
    await ann.ask({ type: 'send_message', conversation_id: id, content: 'not for bob' })
    await setTimeout(SLOW_MS)
    assert.equal(has(await ws.settle(), 'send_message'), false)
    await ws.close()
  }
})

test('chatapp: who is added elsewhere while connecting hears what is said there', async () => {
  const ann = await here.join('ann')
  for (let round = 0; round < ROUNDS; round++) {
    const bob = await there.register('bob')
    // Its list takes a while to be heard.
    for (let n = 0; n < OLD; n++) await ann.ask({ type: 'create_conversation', members: [bob], name: `${n}` })
    let id = 0
    const ws = await whileConnecting(bob, async () => {
      const { data } = await ann.ask({ type: 'create_conversation', members: [bob], name: 'new' })
      id = (data as { id: number }).id
    })
    await ann.ask({ type: 'send_message', conversation_id: id, content: 'hello' })
    await until('the message', async () => has(await ws.settle(), 'send_message'))
    await ws.close()
  }
})

test('rooms: who left at one node and came back at another hears on when the leaving is told', async () => {
  const [near, far] = [cluster.node(0), cluster.node(1)]
  const ann = await register(near.url, 'ann')
  const bob = await register(far.url, 'bob')
  const gid = await bob.createRoom()
  const groups = await GroupsClient.connect(near.url)
  await groups.ask('find_user', { username: ann.login, password: ann.password })
  const first = await new SocketIoListener(far.url).entered(ann, gid)
  near.hold('redis')
  assert.equal(
    (await groups.ask('leave_group', { username: ann.login, group_name: gid }))[0]?.[0],
    'leave_success',
  )
  const again = await new SocketIoListener(far.url).entered(ann, gid)
  await near.release('redis')
  await setTimeout(SLOW_MS)
  await bob.send(gid, 'after')
  for (const socket of [first, again]) {
    await until('the message', () => socket.texts.includes('after'))
    socket.end()
  }
})
