import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { pino } from 'pino'
import type { WebHook } from 'pusher'
import { listen } from '../../src/transport/index.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { type Hooks, openHooks } from './hooks.ts'
import { localBus, type PusherWorld, startPusher } from './pusher-world.ts'

const RETRY = { firstMs: 20, giveUpMs: 20_000 }
const start = (hooks: Hooks, options: Parameters<typeof startPusher>[0] = {}): Promise<PusherWorld> =>
  startPusher({
    webhookUrl: hooks.url,
    ...options,
    timing: { lingerMs: 50, webhookRetry: RETRY, ...options.timing },
  })

test('the application is told of channels and members that come and go, signed', async () => {
  await using hooks = await openHooks()
  await using world = await start(hooks)
  const client = await world.raw().opened()
  await client.subscribed('presence-a', '{"user_id":"ann"}')
  await until('the arrival', () => hooks.lines().length === 2)
  await client.close()
  await until('the departure', () => hooks.lines().length === 4)
  assert.deepEqual(hooks.lines(), [
    'channel_occupied presence-a',
    'member_added presence-a ann',
    'member_removed presence-a ann',
    'channel_vacated presence-a',
  ])
  for (const request of hooks.requests) {
    const webhook: WebHook = world.library.webhook(request)
    assert.ok(webhook.isValid())
    assert.ok(Math.abs(webhook.getTime().getTime() - Date.now()) < 60_000)
    const forged = { ...request, rawBody: `${request.rawBody} ` }
    assert.equal(world.library.webhook(forged).isValid(), false)
  }
})

test('a member that comes back at once was never away', async () => {
  await using hooks = await openHooks()
  await using world = await start(hooks, { timing: { lingerMs: 2_000 } })
  const client = await world.raw().opened()
  await client.subscribed('presence-a', '{"user_id":"ann"}')
  for (let i = 0; i < 3; i++) {
    client.say('pusher:unsubscribe', { channel: 'presence-a' })
    await client.subscribed('presence-a', '{"user_id":"ann"}')
  }
  await client.subscribed('last')
  await until('the last', () => hooks.lines().includes('channel_occupied last'))
  assert.deepEqual(hooks.lines().sort(), [
    'channel_occupied last',
    'channel_occupied presence-a',
    'member_added presence-a ann',
  ])
})

test('over two nodes a channel is occupied once and vacated once', async () => {
  await using hooks = await openHooks()
  const bus = localBus()
  await using one = await start(hooks, { bus })
  await using two = await start(hooks, { bus })
  const [ann, bob] = [await one.raw().opened(), await two.raw().opened()]
  await ann.subscribed('news')
  await bob.subscribed('news')
  await ann.close()
  // Moves to the other node: never vacated.
  await until(
    'ann to be forgotten',
    async () => (await bus.presence.countHolders('pusher:announced:channels')) === 1,
  )
  await bob.subscribed('next')
  await until('the next', () => hooks.lines().includes('channel_occupied next'))
  assert.deepEqual(hooks.lines(), ['channel_occupied news', 'channel_occupied next'])
  await bob.close()
  await until('the end', () => hooks.lines().length === 4)
  assert.deepEqual(hooks.lines().slice(2).sort(), ['channel_vacated news', 'channel_vacated next'])
})

test('client events are told, with who sent them', async () => {
  await using hooks = await openHooks()
  await using world = await start(hooks)
  const client = await world.raw().opened()
  await client.subscribed('private-a')
  await client.subscribed('presence-a', '{"user_id":"ann"}')
  client.say('client-e', { n: 1 }, 'private-a')
  client.say('client-f', 'text', 'presence-a')
  await until('both', () => hooks.lines().filter((line) => line.startsWith('client_event')).length === 2)
  const events = hooks.requests.flatMap(({ rawBody }) => JSON.parse(rawBody).events)
  const socket_id = client.socketId
  assert.deepEqual(
    events.filter(({ name }) => name === 'client_event'),
    [
      { name: 'client_event', channel: 'private-a', event: 'client-e', data: '{"n":1}', socket_id },
      {
        name: 'client_event',
        channel: 'presence-a',
        event: 'client-f',
        data: 'text',
        socket_id,
        user_id: 'ann',
      },
    ],
  )
})

test('refused webhooks are posted again, in order; a redirection is a refusal', async () => {
  await using hooks = await openHooks()
  hooks.statuses.push(500, 302, 404)
  await using world = await start(hooks)
  const client = await world.raw().opened()
  await client.subscribed('a')
  await until('the refusals', () => hooks.statuses.length === 0)
  await client.subscribed('b')
  await until('both', () => hooks.lines().length === 2)
  assert.deepEqual(hooks.lines(), ['channel_occupied a', 'channel_occupied b'])
})

test('a webhook that is refused for too long is given up, and the next goes out', async () => {
  await using hooks = await openHooks()
  hooks.statuses.push(...Array(1_000).fill(500))
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) })
  await using world = await start(hooks, { log, timing: { webhookRetry: { firstMs: 10, giveUpMs: 100 } } })
  const client = await world.raw().opened()
  await client.subscribed('a')
  await until('the log to say so', () => logged.some((line) => line.includes('a webhook was given up')))
  hooks.statuses.length = 0
  await client.subscribed('b')
  await until('the next', () => hooks.lines().length > 0)
  assert.deepEqual(hooks.lines(), ['channel_occupied b'])
})

test('an application that is not there is logged by the code of the failure', async () => {
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) })
  const webhookUrl = `http://127.0.0.1:${await freePort()}/`
  await using world = await startPusher({
    ...{ webhookUrl, log },
    timing: { lingerMs: 50, webhookRetry: { firstMs: 10, giveUpMs: 20 } },
  })
  await (await world.raw().opened()).subscribed('a')
  await until('the log to say so', () => logged.some((line) => line.includes('"code":"ECONNREFUSED"')))
})

test('a closing server tells what it still has to tell', async () => {
  await using hooks = await openHooks()
  const world = await start(hooks, { timing: { lingerMs: 60_000 } })
  const client = await world.raw().opened()
  await client.subscribed('a')
  await world.close()
  assert.deepEqual(hooks.lines(), ['channel_occupied a', 'channel_vacated a'])
})

test('an application that does not answer holds a closing server two seconds at most', async () => {
  const silent = createServer(() => undefined)
  const port = await listen(silent, '127.0.0.1', 0)
  const logged: string[] = []
  const log = pino({ level: 'warn', base: null }, { write: (line) => logged.push(line) })
  const world = await startPusher({ webhookUrl: `http://127.0.0.1:${port}/`, log })
  await (await world.raw().opened()).subscribed('a')
  const before = performance.now()
  await world.close()
  assert.ok(performance.now() - before < 4_000)
  const failures = logged.map((line) => JSON.parse(line).failure).filter((failure) => failure !== undefined)
  assert.deepEqual(failures, [{ name: 'AbortError', message: 'This operation was aborted' }])
  silent.close()
  silent.closeAllConnections()
})
