import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { type ChatappClient, ChatappHttp, type Frame } from '../support/chatapp.ts'
import { flushRedis } from '../support/engines/index.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// Redis loses everything. Contacts at the other node still see people who are online as online, and others not.

const opened = new AsyncDisposableStack()
let cluster: Cluster
let here: ChatappHttp
let there: ChatappHttp
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2 }))
  here = new ChatappHttp(cluster.node(0).url)
  there = new ChatappHttp(cluster.node(1).url)
})
afterEach(() => cluster.heal())
after(async () => {
  for (const http of [here, there]) http.close()
  await opened.disposeAsync()
})

/** Ann is at one node, her contacts at the other; `both` is at both, and `never` at none. */
async function acquaintances() {
  const ann = await here.join('ann')
  const [stays, goes] = [await there.join('stays'), await there.join('goes')]
  const both = await there.join('both')
  const again = await here.connect(both.username, await here.login(both.username))
  const comes = await there.register('comes')
  // `never` is the last of her contacts: that state arrives after those of all others.
  const never = await there.register('never')
  for (const contact of [stays.username, goes.username, both.username, comes, never])
    await ann.data({ type: 'add_contact', contact_username: contact })
  await ann.settle()
  ann.frames.length = 0
  stays.frames.length = 0
  return { ann, stays, goes, both: { here: again, there: both }, comes, never }
}

/** The state in the last event about that user; undefined when there was none. */
function isOnline(frames: readonly Frame[], username: string): boolean | undefined {
  const told = frames.flatMap(({ type, data }) =>
    type === 'user_status' ? [data as { username: string; is_online: boolean }] : [],
  )
  return told.findLast((status) => status.username === username)?.is_online
}

const untilShown = (to: ChatappClient, username: string, expected: boolean) =>
  until(`${username} to be shown ${expected ? 'online' : 'offline'}`, async () => {
    return isOnline(await to.settle(), username) === expected
  })

/** Whether a newcomer at the first node is told that this user is online. */
async function answerOf(username: string): Promise<boolean> {
  const newcomer = await here.join('newcomer')
  const asked = { type: 'add_contact', contact_username: username }
  const { contact } = await newcomer.data<{ contact: { is_online: boolean } }>(asked)
  return contact.is_online
}

test('Redis is started again, empty: contacts are shown as they are by then', async () => {
  const { ann, stays, goes, both, comes, never } = await acquaintances()
  const { redis } = cluster.engines
  await redis.stop()
  await Promise.all([goes.close(), both.there.close()])
  await there.connect(comes, await there.login(comes))
  await redis.start()

  await untilShown(ann, never, false)
  await untilShown(ann, goes.username, false)
  for (const username of [stays.username, both.here.username, comes]) await untilShown(ann, username, true)
  await untilShown(stays, ann.username, true)
  assert.equal(await answerOf(stays.username), true)
  assert.equal(await answerOf(both.here.username), true)
  assert.equal(await answerOf(goes.username), false)
  assert.equal(isOnline(await ann.settle(), stays.username), true)
})

test('Redis forgets everything: people who stay are shown online again, and people who go then offline', async () => {
  const { ann, stays, goes, both } = await acquaintances()
  await flushRedis(cluster.engines.redis)
  await Promise.all([goes.close(), both.there.close()])

  await untilShown(ann, goes.username, false)
  await untilShown(ann, stays.username, true)
  await untilShown(stays, ann.username, true)
  await untilShown(ann, both.here.username, true)
  assert.equal(await answerOf(stays.username), true)
  assert.equal(await answerOf(both.here.username), true)
  assert.equal(await answerOf(goes.username), false)
})
