import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FairSemaphore, type TaskOwner } from '../../src/lib/fair-semaphore.ts'
import { QueueFull } from '../../src/lib/semaphore.ts'

const stranger = (key: string): TaskOwner => ({ key, isKnown: false })
const known = (key: string): TaskOwner => ({ key, isKnown: true })

/** A semaphore of one at a time, whose first task runs until `letGo`, which tells in what order the others ran then. */
function held(maxWaiting: number) {
  const semaphore = new FairSemaphore({ concurrency: 1, maxWaiting })
  const gate = Promise.withResolvers<void>()
  const order: string[] = []
  const running = [semaphore.run(() => gate.promise, stranger('first'))]
  return {
    ask: (owner: TaskOwner, times = 1) => {
      for (let n = 0; n < times; n++) {
        running.push(
          semaphore.run(async () => {
            order.push(owner.key)
          }, owner),
        )
      }
    },
    letGo: async () => {
      gate.resolve()
      const results = await Promise.allSettled(running)
      const refused = results.filter(({ status }) => status === 'rejected')
      for (const each of refused) assert.ok(each.status === 'rejected' && each.reason instanceof QueueFull)
      return { order, refused: refused.length }
    },
  }
}

test('each key has its turn, however many tasks another has waiting', async () => {
  const { ask, letGo } = held(100)
  ask(stranger('flood'), 50)
  ask(stranger('one'), 2)
  const { order } = await letGo()
  assert.deepEqual(order.slice(0, 5), ['flood', 'one', 'flood', 'one', 'flood'])
  assert.equal(order.length, 52)
})

test('when it is full, one more takes the place of the last of the key that has most', async () => {
  const { ask, letGo } = held(10)
  ask(stranger('flood'), 10)
  ask(stranger('one'))
  ask(stranger('other'))
  const { order, refused } = await letGo()
  assert.equal(refused, 2)
  assert.deepEqual(order.slice(0, 3), ['flood', 'one', 'other'])
})

test('when it is full, a key that has as many as any other is refused itself', async () => {
  const { ask, letGo } = held(4)
  for (const key of ['a', 'b', 'c', 'd']) ask(stranger(key))
  ask(stranger('a'))
  ask(stranger('e'))
  const { order, refused } = await letGo()
  assert.equal(refused, 2)
  assert.deepEqual(order, ['a', 'b', 'c', 'd'])
})

test('the known go first, and every fourth place is still for a stranger', async () => {
  const { ask, letGo } = held(100)
  ask(stranger('new'), 8)
  ask(known('old'), 6)
  const { order } = await letGo()
  assert.deepEqual(order.slice(0, 8), ['old', 'old', 'old', 'new', 'old', 'old', 'old', 'new'])
})

test('strangers take no place that is for the known', async () => {
  const { ask, letGo } = held(5)
  ask(stranger('flood'), 5)
  ask(known('old'), 5)
  const { refused } = await letGo()
  assert.equal(refused, 0)
})

test('a task that fails hands its place on', async () => {
  const semaphore = new FairSemaphore({ concurrency: 1, maxWaiting: 1 })
  const failing = semaphore.run(() => Promise.reject(new Error('broken')), stranger('a'))
  const next = semaphore.run(async () => 'done', stranger('b'))
  await assert.rejects(failing, /broken/)
  assert.equal(await next, 'done')
  assert.equal(await semaphore.run(async () => 'again', stranger('c')), 'again')
})
