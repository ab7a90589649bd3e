import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

/** An inbox whose items wait until they are let through. */
function slowInbox() {
  const waiting: (() => void)[] = []
  const log: string[] = []
  const inbox = new Inbox<string>(
    {
      handle: () => new Promise<void>((resolve) => waiting.push(resolve)),
      onError: (error) => assert.fail(String(error)),
    },
    { pause: () => log.push('pause'), resume: () => log.push('resume') },
  )
  const letThrough = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await until('an item at work', () => waiting.length > 0)
      waiting.shift()?.()
    }
  }
  return { inbox, log, letThrough }
}

test('reading stops when many items wait, and goes on when few do', async () => {
  const { inbox, log, letThrough } = slowInbox()
  // One is at work, the others wait.
  for (let n = 0; n < 64; n++) inbox.push('small')
  assert.deepEqual(log, [])
  inbox.push('small')
  assert.deepEqual(log, ['pause'])
  await letThrough(65)
  await until('the resumption', () => log.length === 2)
  assert.deepEqual(log, ['pause', 'resume'])
})

test('reading stops when few items that take much are unanswered', async () => {
  const { inbox, log, letThrough } = slowInbox()
  const large = 'x'.repeat(100_000)
  for (let n = 0; n < 2; n++) inbox.push(large)
  assert.deepEqual(log, [])
  inbox.push(large)
  assert.deepEqual(log, ['pause'])
  await letThrough(3)
  await until('the resumption', () => log.length === 2)
  assert.deepEqual(log, ['pause', 'resume'])
})
