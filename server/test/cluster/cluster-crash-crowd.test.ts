import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChatappClient, ChatappHttp } from '../support/chatapp.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// A node dies with many people on it: their contacts at the other nodes hear of each once.

const CROWD = 40
/** Until the lease of a dead node has run out and another has looked, on a machine that is busy. */
const MISSED_WITHIN_MS = 40_000

const opened = new AsyncDisposableStack()
let cluster: Cluster
/** Contacts of all of them, each at a node that lives on. */
let watchers: readonly ChatappClient[]
let crowd: readonly ChatappClient[]
/** A person of the crowd who is at another node too. */
let elsewhere: ChatappClient
let here: ChatappHttp

before(async () => {
  cluster = opened.use(await Cluster.start())
  const [first, dying, third] = cluster.nodes.map(({ url }) => {
    const http = new ChatappHttp(url)
    opened.defer(() => http.close())
    return http
  }) as [ChatappHttp, ChatappHttp, ChatappHttp]
  here = first
  crowd = await Promise.all(Array.from({ length: CROWD }, () => dying.join('one-of-many')))
  const [{ username } = assert.fail()] = crowd
  elsewhere = await third.connect(username, await third.login(username))
  watchers = [await first.join('ann'), await third.join('ben')]
  for (const watcher of watchers) {
    for (const { username } of crowd) await watcher.data({ type: 'add_contact', contact_username: username })
    await watcher.settle()
    watcher.frames.length = 0
  }
})
after(() => opened.disposeAsync())

test('contacts hear once of each person who was only there, and not of one who is elsewhere too', async () => {
  await cluster.node(1).kill()
  const gone = crowd.map(({ username }) => username).filter((name) => name !== elsewhere.username)
  for (const watcher of watchers) {
    await until('all to be told', () => watcher.frames.length >= gone.length, MISSED_WITHIN_MS)
  }
  // A node that repeated the news would have done so before it tells of this return.
  const [back = ''] = gone
  await here.connect(back, await here.login(back))
  for (const { frames } of watchers) await until('the return', () => frames.length > gone.length)
  await elsewhere.close()
  for (const watcher of watchers) {
    await until('what happened since', () => watcher.frames.length >= gone.length + 2)
    const told = (await watcher.settle()).map(({ data }) => data)
    assert.deepEqual(
      told
        .slice(0, gone.length)
        .map((status) => JSON.stringify(status))
        .toSorted(),
      gone.map((username) => JSON.stringify({ username, is_online: false })).toSorted(),
    )
    assert.deepEqual(told.slice(gone.length), [
      { username: back, is_online: true },
      { username: elsewhere.username, is_online: false },
    ])
  }
})
