import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Participant, World } from '../interop/world.ts'
import { type Hooks, openHooks } from '../pusher/hooks.ts'
import type { RawClient } from '../pusher/pusher-world.ts'
import { unique } from '../support/channels.ts'
import { success } from '../support/chatapp.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'
import { askApi, connectTo, dataOf } from './pusher-clients.ts'

// A node dies without a word. The other nodes miss everyone who was connected to it, and tell that once.

/** Requirement: nobody is taken for online longer than that after the node's death. */
const MISSED_WITHIN_MS = 15_000
/** Webhooks wait so long for somebody to come back. */
const LINGER_MS = 3_000
/** Longer than a node's interval between two looks for dead nodes: any repetition would come within it. */
const REPEAT_MS = 3_000

const opened = new AsyncDisposableStack()
const [both, alone] = [unique('presence-both'), unique('presence-alone')]
let cluster: Cluster
let world: World
let hooks: Hooks
/** At the nodes that live on. */
let ann: Participant
let watcher: RawClient
/** At the node that dies. */
let eve: Participant

before(async () => {
  hooks = opened.use(await openHooks())
  cluster = opened.use(
    await Cluster.start({ settings: { PUSHER_WEBHOOK_URL: hooks.url, PUSHER_SUBSCRIPTION_COUNTS: 'false' } }),
  )
  world = opened.use(await cluster.world())
  ;[ann, eve] = [await world.join('ann'), await world.join('eve')]
  await ann.chatapp.ask({ type: 'add_contact', contact_username: eve.username })
  watcher = await connectTo(cluster.node(2))
  opened.defer(() => watcher.close())
  await watcher.subscribed(both, dataOf('ann'))
  const dying = await connectTo(cluster.node(1))
  await dying.subscribed(both, dataOf('eve'))
  await dying.subscribed(alone, dataOf('eve'))
  await watcher.next('pusher_internal:member_added')
  await until('the application to know', () => told().length === 5)
  await ann.chatapp.ws.settle()
  ann.chatapp.ws.frames.length = 0
  await cluster.node(1).kill()
  const isMissed = () =>
    ann.chatapp.ws.frames.length > 0 && watcher.messages.at(-1)?.event === 'pusher_internal:member_removed'
  await until('whoever was at the node to be missed', isMissed, MISSED_WITHIN_MS)
})
after(() => opened.disposeAsync())

const told = () => hooks.lines().filter((line) => line.includes(both) || line.includes(alone))

test('chatapp: a contact is told offline', async () => {
  const offline = success('user_status', { username: eve.username, is_online: false })
  assert.deepEqual(await ann.chatapp.ws.settle(), [offline])
})

test('Pusher: a member is removed', async () => {
  const removals = (await watcher.settled()).map(({ event, data }) => [event, data])
  assert.deepEqual(removals, [['pusher_internal:member_removed', { user_id: 'eve' }]])
})

test('Pusher: the API of every other node counts only the living', async () => {
  for (const node of [cluster.node(0), cluster.node(2)]) {
    assert.deepEqual(await askApi(node, `/channels/${both}`, { info: 'user_count,subscription_count' }), {
      occupied: true,
      user_count: 1,
      subscription_count: 1,
    })
    assert.deepEqual(await askApi(node, `/channels/${alone}`), { occupied: false })
  }
})

test('Pusher: the application is told who went and which channel is vacated', async () => {
  await until('the webhooks', () => told().length >= 8, LINGER_MS + 1_000)
  assert.deepEqual(
    told().slice(5).toSorted(),
    [`channel_vacated ${alone}`, `member_removed ${alone} eve`, `member_removed ${both} eve`].toSorted(),
  )
})

test('nothing of it is told a second time', async () => {
  await setTimeout(REPEAT_MS)
  assert.equal((await ann.chatapp.ws.settle()).length, 1)
  assert.deepEqual(await watcher.settled(), [])
  assert.equal(told().length, 8)
})

test('a person who comes back at another node is online again, and that is told once', async () => {
  const again = await eve.chatapp.again(cluster.node(2))
  await until('eve to be back', () => ann.chatapp.ws.frames.length > 1)
  const back = success('user_status', { username: eve.username, is_online: true })
  assert.deepEqual((await ann.chatapp.ws.settle()).slice(1), [back])
  await again.close()
})
