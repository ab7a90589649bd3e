import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { KEYS } from '../support/channels.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { type Hooks, openHooks } from './hooks.ts'
import { RawClient } from './pusher-world.ts'

// The settings of a whole server reach its Pusher server.

const credentials = { key: KEYS.PUSHER_KEY, secret: KEYS.PUSHER_SECRET }
let hooks: Hooks
let server: TestServer

before(async () => {
  hooks = await openHooks()
  server = await startParlance({
    ...KEYS,
    PUSHER_WEBHOOK_URL: hooks.url.replace('//', '//me:secret@'),
    PUSHER_MAX_CONNECTIONS: '2',
  })
})

after(async () => {
  await server.close()
  await hooks[Symbol.asyncDispose]()
})

const connect = (): RawClient =>
  new RawClient(`${server.url.replace('http', 'ws')}/app/${credentials.key}?protocol=7`, { credentials })

test('webhooks carry the password of their address, and subscriptions are counted', async () => {
  const client = await connect().opened()
  await client.subscribed('news')
  assert.deepEqual((await client.next('pusher_internal:subscription_count')).data, { subscription_count: 1 })
  await until('the webhook', () => hooks.lines().includes('subscription_count news'))
  const { authorization } = hooks.requests[0]?.headers ?? {}
  assert.equal(authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`)
  await client.close()
})

test('the third client of an application that may have two is told to stay away', async () => {
  await until('the others to be gone', async () => (await connectedClients()) === 0)
  const clients = [await connect().opened(), await connect().opened()]
  assert.equal((await connect().gone()).code, 4004)
  for (const client of clients) await client.close()
})

async function connectedClients(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^parlance_connections\{dialect="channels"\} (\d+)/m.exec(text)?.[1] ?? 0)
}
