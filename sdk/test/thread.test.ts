import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../../server/test/support/until.ts'
import { listThread } from '../src/rest/operations.ts'
import { Thread } from '../src/thread.ts'
import { RealWorld, Switch } from './real-world.ts'

const world = await RealWorld.open()
after(() => world.close())

async function aliceAndBob() {
  const unique = String(Math.round(performance.now()))
  const [alice, bob] = [await world.person(`alice${unique}`), await world.person(`bob${unique}`)]
  const network = new Switch()
  const a = await world.connect(alice.token, { runtime: network.runtime })
  const b = await world.connect(bob.token)
  const { id } = await a.createConversation({ kind: 'group', name: 'talk', members: [bob.id] })
  const [mine, theirs] = [a.conversation(id), b.conversation(id)]
  const { seq = 0 } = await mine.send('What shall we eat?').done()
  const thread = new Thread(a, { conversation: id, seq, runtime: network.runtime })
  return { a, id, seq, mine, theirs, thread, network }
}

/** A thread in short: the count of the root, and each reply's text. */
const shown = (thread: Thread) => {
  const { root, items } = thread.get()
  return [
    root?.kind === 'message' ? root.message.replyCount : root?.kind,
    ...items.map((item) => {
      if (item.kind === 'deleted') return 'deleted'
      return item.kind === 'outgoing' ? `(${item.body})` : item.message.body + item.own.join('')
    }),
  ]
}

async function becomes(thread: Thread, expected: readonly unknown[]): Promise<void> {
  const isSo = () => JSON.stringify(shown(thread)) === JSON.stringify(expected)
  await until(`${expected}`, isSo).catch(() => assert.deepEqual(shown(thread), expected))
}

test('a thread that is watched has each reply, edit, reaction and deletion, and the count of its root', async () => {
  const { seq, mine, theirs, thread } = await aliceAndBob()
  await theirs.send('Soup', { thread: seq }).done()
  const stop = thread.subscribe(() => undefined)
  await becomes(thread, [1, 'Soup'])
  const { seq: bread = 0 } = await theirs.send('Bread', { thread: seq }).done()
  await theirs.send('not in it').done()
  await mine.send('Both', { thread: seq }).done()
  await becomes(thread, [3, 'Soup', 'Bread', 'Both'])
  await theirs.edit(bread, 'Rye bread').done()
  await mine.react(bread, '👍').done()
  await becomes(thread, [3, 'Soup', 'Rye bread👍', 'Both'])
  await theirs.delete(bread).done()
  await becomes(thread, [2, 'Soup', 'deleted', 'Both'])
  stop()
})

test('replies that were sent while the network was away are in the thread when it is back', async () => {
  const { a, id, seq, mine, theirs, thread, network } = await aliceAndBob()
  const stop = thread.subscribe(() => undefined)
  await becomes(thread, [0])
  network.off()
  mine.send('Mine', { thread: seq })
  await becomes(thread, [0, '(Mine)'])
  await theirs.send('Theirs', { thread: seq }).done()
  network.on()
  await becomes(thread, [2, 'Theirs', 'Mine'])
  const { items } = await a.rest.call(listThread, { params: { c: id, seq } })
  assert.deepEqual(
    thread.get().items.map((item) => item.kind === 'message' && item.message),
    items,
  )
  stop()
})

test('a thread of a message that is not there says so', async () => {
  const { a, id } = await aliceAndBob()
  const thread = new Thread(a, { conversation: id, seq: 999 })
  const stop = thread.subscribe(() => undefined)
  await until('its failure', () => thread.get().failure?.status === 404)
  stop()
})
