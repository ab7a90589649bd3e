import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { type Frame, SocketSink } from '../../src/delivery/index.ts'
import { runAfter, runEvery, runNextTurn } from '../../src/lib/timers.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'
import { socketPair } from '../support/socket-pair.ts'
import { until } from '../support/until.ts'

test('a connection whose flush fails is closed, and those behind it in the turn are written to', async () => {
  const failures = hearFailures()
  await using broken = await socketPair()
  await using whole = await socketPair()
  const bytes = Buffer.from('hello')
  const [first, second] = [broken, whole].map(({ near }) => new SocketSink(near, { onSlow: fail }))
  // Writing something that is no bytes throws.
  first?.send({ bytes: { length: 5 } as Buffer, headerBytes: 0 } satisfies Frame)
  second?.send({ bytes, headerBytes: 0 })
  const closed = once(broken.near, 'close')
  const [heard] = await once(whole.far, 'data')
  assert.deepEqual(heard, bytes)
  await closed
  assert.equal(failures.length, 1)
  assert.equal(failures[0]?.[0], 'timer')
})

test('a timer whose callback fails is reported, and one that repeats goes on', async () => {
  const failures = hearFailures()
  runAfter(0, fail)
  runNextTurn(async () => fail())
  const timer = runEvery(1, fail)
  await until('all', () => failures.length > 4)
  clearInterval(timer)
  for (const failure of failures) assert.deepEqual(failure, ['timer', BUG])
})
