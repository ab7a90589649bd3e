import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Bus, topic } from '../../src/bus/bus.ts'
import { until } from '../support/until.ts'

/** The rules of the bus port. `open` gives `nodes` buses that are one cluster; a local bus knows one node. */
export function busConformance(
  name: string,
  open: (onListenerError: (error: unknown) => void) => Promise<Bus>,
): void {
  describe(`bus: ${name}`, () => {
    const news = topic<number>('conformance:news')
    const fail = (error: unknown) => assert.fail(String(error))

    test('delivers to every listener of the topic, in order, and to no other topic', async () => {
      await using bus = disposable(await open(fail))
      const [first, second, other] = [[], [], []] as number[][]
      bus.it.subscribe(news, (n) => first?.push(n))
      bus.it.subscribe(news, (n) => second?.push(n))
      bus.it.subscribe(topic<number>('conformance:other'), (n) => other?.push(n))
      for (let n = 1; n <= 100; n++) bus.it.publish(news, n)
      const all = Array.from({ length: 100 }, (_, i) => i + 1)
      await until('all news', () => first?.length === 100 && second?.length === 100)
      assert.deepEqual(first, all)
      assert.deepEqual(second, all)
      assert.deepEqual(other, [])
    })

    test('stops when unsubscribed, also while news is being delivered', async () => {
      await using bus = disposable(await open(fail))
      const heard: number[] = []
      const stop = bus.it.subscribe(news, (n) => {
        heard.push(n)
        stop()
      })
      const last: number[] = []
      bus.it.subscribe(news, (n) => last.push(n))
      bus.it.publish(news, 1)
      bus.it.publish(news, 2)
      await until('the other listener', () => last.length === 2)
      assert.deepEqual(heard, [1])
    })

    test('a listener that throws is reported and does not keep the news from the others', async () => {
      const errors: unknown[] = []
      await using bus = disposable(await open((error) => errors.push(error)))
      const heard: number[] = []
      bus.it.subscribe(news, () => {
        throw new Error('broken listener')
      })
      bus.it.subscribe(news, (n) => heard.push(n))
      bus.it.publish(news, 1)
      await until('the healthy listener', () => heard.length === 1)
      assert.match(String(errors[0]), /broken listener/)
    })

    test('the news of a topic that was kept last is known to those who ask later, for a while', async () => {
      await using bus = disposable(await open(fail))
      const other = topic<number>('conformance:{other}%')
      assert.equal(await bus.it.kept(other), undefined)
      bus.it.keep(news, 1, 60_000)
      bus.it.keep(news, 2, 60_000)
      bus.it.keep(other, 3, 1)
      const kept = await bus.it.kept(news)
      assert.equal(kept?.news, 2)
      assert.ok(kept.leftMs > 0 && kept.leftMs <= 60_000)
      await until('the other to be over', async () => (await bus.it.kept(other)) === undefined)
    })

    test('a member is in a set from its first holder to its last', async () => {
      await using bus = disposable(await open(fail))
      const { presence } = bus.it
      assert.equal(await presence.enter('s', 'ann', 'about ann'), true)
      assert.equal(await presence.enter('s', 'ann', 'ignored'), false)
      assert.equal(await presence.enter('s', 'bob'), true)
      assert.equal(await presence.count('s'), 2)
      assert.equal(await presence.countHolders('s'), 3)
      assert.deepEqual([...(await presence.members('s'))].sort(), [
        ['ann', 'about ann'],
        ['bob', ''],
      ])
      assert.equal(await presence.leave('s', 'ann'), false)
      assert.equal(await presence.has('s', 'ann'), true)
      assert.equal(await presence.leave('s', 'ann'), true)
      assert.equal(await presence.has('s', 'ann'), false)
      assert.equal(await presence.leave('s', 'ann'), false, 'leaving without having entered does nothing')
    })

    test('a member that is described anew is known by that, until it has gone', async () => {
      await using bus = disposable(await open(fail))
      const { presence } = bus.it
      await presence.enter('s', 'ann', 'old')
      await presence.enter('s', 'ann')
      await presence.describe('s', 'ann', 'new')
      await presence.describe('s', 'nobody', 'new')
      await presence.leave('s', 'ann')
      assert.deepEqual([...(await presence.members('s'))], [['ann', 'new']])
      await presence.leave('s', 'ann')
      await presence.enter('s', 'ann')
      assert.deepEqual([...(await presence.members('s'))], [['ann', '']])
    })

    test('names only the sets that are not empty and start with the prefix', async () => {
      await using bus = disposable(await open(fail))
      const { presence } = bus.it
      for (const set of ['chan:a', 'chan:b', 'other']) await presence.enter(set, 'x')
      await presence.leave('chan:b', 'x')
      assert.deepEqual(await presence.names('chan:'), ['chan:a'])
      assert.equal(await presence.count('chan:b'), 0)
      assert.equal((await presence.members('never')).size, 0)
    })

    test('answers a ping', async () => {
      await using bus = disposable(await open(fail))
      await bus.it.ping()
    })
  })
}

const disposable = (it: Bus) => ({ it, [Symbol.asyncDispose]: () => it.close() })
