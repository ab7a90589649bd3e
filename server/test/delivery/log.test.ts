import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Audiences } from '../../src/delivery/index.ts'
import { until } from '../support/until.ts'
import { Remembering } from './remembering.ts'
import { briefly, twoNodes } from './two-nodes.ts'

// Feeds read the log: when it answers, when it fails, and when it is long.

/** More events than one read returns. */
const PAGES = 1_200
/** More than wait for an earlier one. */
const EARLY = 1_500

const series = (count: number) => Array.from({ length: count }, (_, n) => `${n}`)

test('a log that could not be read is read when it is asked for again', async (t) => {
  const { feeds, conversationId, follow, say, heard, log } = await twoNodes(t)
  log.isAway = true
  await assert.rejects(feeds.ready(conversationId), { code: 'unavailable' })
  log.isAway = false
  await feeds.ready(conversationId)
  follow()
  const arrive = await say('after')
  arrive()
  assert.deepEqual(heard, ['after'])
})

test('a follower that comes while the log cannot be read hears events once it can', async (t) => {
  const { follow, say, heard, log } = await twoNodes(t)
  log.isAway = true
  follow()
  await until('it to be tried', () => log.refusals > 0)
  log.isAway = false
  await until('it to be read', () => log.answers > 0)
  const arrive = await say('after')
  arrive()
  assert.deepEqual(heard, ['after'])
})

test('a hole that opens while the log cannot be read is filled once it can', async (t) => {
  const { feeds, conversationId, follow, say, heard, log } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  log.isAway = true
  await say('lost')
  const arrive = await say('heard')
  arrive()
  await until('it to be tried', () => log.refusals > 0)
  assert.deepEqual(heard, [])
  log.isAway = false
  await until('both', () => heard.length === 2)
  assert.deepEqual(heard, ['lost', 'heard'])
})

test('news that comes while the log is read, more than waits for its turn, is told in order', async (t) => {
  const { feeds, conversationId, follow, say, heard, log, wildBus } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  const letGo = log.holdBack()
  wildBus.recover()
  await until('the answer that there is nothing new', () => log.kept > 0)
  await say('lost')
  for (const body of series(EARLY)) {
    const arrive = await say(body)
    arrive()
  }
  assert.deepEqual(heard, [])
  letGo()
  await until('the end', () => heard.length >= EARLY + 1)
  assert.deepEqual(heard, ['lost', ...series(EARLY)])
})

test('an outage that ends while the log is read because of one before is not overlooked', async (t) => {
  const { feeds, conversationId, follow, say, heard, log, wildBus } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  const letGo = log.holdBack()
  wildBus.recover()
  await until('the answer that there is nothing new', () => log.kept > 0)
  await say('missed in the second outage')
  wildBus.recover()
  letGo()
  await until('it', () => heard.length > 0)
  assert.deepEqual(heard, ['missed in the second outage'])
})

test('a late joiner hears all events since, however many pages they take', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  for (const body of series(PAGES)) {
    const arrive = await say(body)
    arrive()
  }
  assert.equal(heard.length, PAGES)
  const audiences = new Audiences(feeds, (event) => ({
    bytes: Buffer.from(`${briefly(event)} `),
    headerBytes: 0,
  }))
  const late = new Remembering()
  // After the creation.
  audiences.join(conversationId, late, { after: 1 })
  const arrive = await say('live')
  arrive()
  await until('what is live', () => late.text().endsWith('live '))
  assert.deepEqual(late.text().trim().split(' '), [...series(PAGES), 'live'])
})

test('a listener that throws is reported, and keeps nothing from the others', async (t) => {
  const reported: unknown[] = []
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t, (error) => reported.push(error))
  const defect = new Error('a listener of bad manners')
  await feeds.ready(conversationId)
  feeds.follow(conversationId, () => {
    throw defect
  })
  follow()
  await say('from the log')
  const arrive = await say('from the bus')
  arrive()
  await until('both', () => heard.length === 2)
  assert.deepEqual(heard, ['from the log', 'from the bus'])
  assert.deepEqual(reported, [defect, defect])
})
