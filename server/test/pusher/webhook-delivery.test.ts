import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { type DropReason, type OnDropped, WebhookQueue } from '../../src/pusher/webhook-queue.ts'
import { until } from '../support/until.ts'
import { type Hooks, openHooks } from './hooks.ts'
import { startPusher } from './pusher-world.ts'

/** Ports that `fetch` refuses, as the Fetch standard lists them. */
const BLOCKED_PORTS = [6000, 6566, 6665, 6666, 6667, 6668, 6669, 10_080]

const memoryLog = (lines: string[]) => pino({ level: 'trace' }, { write: (line) => lines.push(line) })

test('user and password of the webhook address are sent as Basic authorization, and never logged', async () => {
  await using hooks = await openHooks()
  // The webhooks are refused: the log line of a refusal must not have user and password either.
  hooks.statuses.push(...Array(50).fill(500))
  const lines: string[] = []
  const dropped: DropReason[] = []
  await using world = await startPusher({
    webhookUrl: hooks.url.replace('//', '//me:s%3Acret%C3%A9-100%@'),
    log: memoryLog(lines),
    onWebhookDropped: (reason) => dropped.push(reason),
    timing: { webhookRetry: { firstMs: 5, giveUpMs: 50 } },
  })
  const client = await world.raw().opened()
  await client.subscribed('a')
  await until('the first to be given up', () => dropped.length > 0)
  hooks.statuses.length = 0
  await client.subscribed('b')
  await until('the second', () => hooks.requests.length > 0)
  const expected = `Basic ${Buffer.from('me:s:creté-100%').toString('base64')}`
  assert.equal(hooks.requests[0]?.headers.authorization, expected)
  assert.equal(hooks.requests[0]?.headers['content-type'], 'application/json')
  assert.ok(lines.some((line) => line.includes('a webhook was given up')))
  assert.doesNotMatch(lines.join(''), /cret/)
})

test('webhooks go to a port that fetch refuses', async () => {
  await using hooks = await onBlockedPort()
  await using world = await startPusher({ webhookUrl: hooks.url })
  await (await world.raw().opened()).subscribed('a')
  await until('the webhook', () => hooks.lines().length > 0)
  assert.deepEqual(hooks.lines(), ['channel_occupied a'])
})

async function onBlockedPort(): Promise<Hooks> {
  for (const port of BLOCKED_PORTS) {
    const hooks = await openHooks({ port }).catch(() => undefined)
    if (hooks) return hooks
  }
  throw new Error('all of the ports are taken')
}

test('a batch that is refused for ever holds up the others for a while only', async () => {
  let refused = ''
  await using hooks = await openHooks({
    refuses: (body) => {
      if (body.includes('poison')) refused = body
      return body.includes('poison')
    },
  })
  await using world = await startPusher({
    webhookUrl: hooks.url,
    timing: { webhookRetry: { firstMs: 20, giveUpMs: 600_000, holdMs: 100 } },
  })
  const client = await world.raw().opened()
  for (const channel of ['poison', 'poisonous']) {
    await client.subscribed(channel)
    await until(`${channel} to be refused`, () => refused.includes(`"${channel}"`))
  }
  for (const channel of ['a', 'b', 'c']) {
    // Each webhook is a batch of its own: the one before is on its way.
    await client.subscribed(channel)
    await until(`${channel} to be told`, () => hooks.lines().includes(`channel_occupied ${channel}`))
  }
  assert.deepEqual(hooks.lines(), ['channel_occupied a', 'channel_occupied b', 'channel_occupied c'])
})

test('an event that became too old while the application was away is dropped, counted and logged once', async () => {
  await using hooks = await openHooks()
  hooks.statuses.push(...Array(10_000).fill(503))
  const lines: string[] = []
  const dropped: [DropReason, number][] = []
  await using world = await startPusher({
    webhookUrl: hooks.url,
    log: memoryLog(lines),
    onWebhookDropped: (reason, count) => dropped.push([reason, count]),
    timing: { webhookRetry: { firstMs: 10, giveUpMs: 600_000, holdMs: 50, maxAgeMs: 200 } },
  })
  const client = await world.raw().opened()
  for (const channel of ['a', 'b', 'c']) await client.subscribed(channel)
  await until('all three to be dropped', () => dropped.reduce((sum, [, count]) => sum + count, 0) === 3)
  hooks.statuses.length = 0
  await client.subscribed('d')
  await until('the newest', () => hooks.lines().length > 0)
  assert.deepEqual(hooks.lines(), ['channel_occupied d'])
  assert.deepEqual([...new Set(dropped.map(([reason]) => reason))], ['old'])
  const summaries = lines.filter((line) => line.includes('webhook events were dropped'))
  assert.equal(summaries.length, 1)
  assert.equal(JSON.parse(summaries[0] ?? '').count, 3)
})

const queue = (onDropped: OnDropped, nowMicros: () => number = () => 1) =>
  new WebhookQueue({ clock: { nowMicros }, log: pino({ level: 'silent' }), onDropped, maxAgeMs: 3_600_000 })

test('webhook events that wait are bounded in number and in bytes', () => {
  const dropped: DropReason[] = []
  const many = queue((reason) => dropped.push(reason))
  for (let i = 0; i < 10_001; i++) many.add({ name: 'channel_occupied', channel: 'a' })
  assert.deepEqual([many.length, dropped], [10_000, ['full']])
  many.letGo(many.take(1))
  many.add({ name: 'channel_vacated', channel: 'a' })
  assert.deepEqual([many.length, dropped], [10_000, ['full']])

  const large = queue((reason) => dropped.push(reason))
  const data = 'x'.repeat(10 * 1024)
  for (let i = 0; i < 4_000; i++) {
    large.add({ name: 'client_event', channel: 'private-a', event: 'client-e', data, socket_id: '1.1' })
  }
  assert.ok(large.length * data.length <= 32 * 1024 * 1024)
  assert.equal(dropped.length, 1 + 4_000 - large.length)
})

test('an event older than an hour is not told any more', () => {
  let now = 0
  const dropped: [DropReason, number][] = []
  const old = queue(
    (...drop) => dropped.push(drop),
    () => now,
  )
  old.add({ name: 'channel_occupied', channel: 'old' })
  now = 1_800 * 1_000_000
  old.add({ name: 'channel_occupied', channel: 'young' })
  now = 3_601 * 1_000_000
  assert.deepEqual(
    old.take(100).map(({ event }) => event.channel),
    ['young'],
  )
  assert.deepEqual(dropped, [['old', 1]])
})

test('an application that is away for long is logged once when a batch is given up, and once at the end', () => {
  const lines: string[] = []
  const log = memoryLog(lines)
  const many = new WebhookQueue({
    clock: { nowMicros: () => 1 },
    log,
    onDropped: () => undefined,
    maxAgeMs: 1,
  })
  const refuse = () => {
    many.add({ name: 'channel_occupied', channel: 'a' })
    many.giveUp(many.take(1), { status: 503 })
  }
  for (let i = 0; i < 3; i++) refuse()
  many.report()
  many.report()
  refuse()
  const told = lines.map((line) => JSON.parse(line)).map(({ msg, status, count }) => ({ msg, status, count }))
  assert.deepEqual(told, [
    { msg: 'a webhook was given up', status: 503, count: 1 },
    { msg: 'webhook events were dropped', status: undefined, count: 3 },
    { msg: 'a webhook was given up', status: 503, count: 1 },
  ])
})
