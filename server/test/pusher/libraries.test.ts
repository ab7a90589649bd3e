import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import Echo from 'laravel-echo'
import { createHostedPublisher } from '../../src/pusher/index.ts'
import { until } from '../support/until.ts'
import { CREDENTIALS, jsDefaults, PusherJs, startPusher } from './pusher-world.ts'

test('an encrypted channel carries what only its subscribers can read', async () => {
  await using world = await startPusher({ encryptionMasterKeyBase64: randomBytes(32).toString('base64') })
  const js = await world.js()
  const raw = await world.raw().opened()
  await raw.subscribed('private-encrypted-a')
  const heard: unknown[] = []
  const channel = js.subscribe('private-encrypted-a')
  channel.bind('secret', (data: unknown) => heard.push(data))
  await until('the subscription', () => channel.subscribed)
  await world.library.trigger('private-encrypted-a', 'secret', { plan: 'b' })
  await until('the secret', () => heard.length > 0)
  assert.deepEqual(heard, [{ plan: 'b' }])
  assert.deepEqual(Object.keys((await raw.next('secret')).data).sort(), ['ciphertext', 'nonce'])
})

test('laravel-echo listens on public, private and presence channels, whispers, and leaves', async () => {
  await using world = await startPusher()
  const echoes = ['ann', 'bob'].map((userId) => {
    const client = new PusherJs(CREDENTIALS.key, jsDefaults(world.host, world.port, world.library, userId))
    return new Echo({ broadcaster: 'pusher', client, key: CREDENTIALS.key, namespace: false })
  })
  const [ann, bob] = echoes as [Echo<'pusher'>, Echo<'pusher'>]
  const heard: unknown[] = []
  let ready = 0
  ann
    .channel('news')
    .listen('Published', (data: unknown) => heard.push(['news', data]))
    .subscribed(() => ready++)
  ann
    .private('chat')
    .listenForWhisper('typing', (data: unknown) => heard.push(['typing', data]))
    .subscribed(() => ready++)
  ann
    .join('room')
    .here((members: unknown[]) => heard.push(['here', members.length]))
    .joining((member: unknown) => heard.push(['joining', member]))
    .leaving((member: unknown) => heard.push(['leaving', member]))
    .subscribed(() => ready++)
  await until('ann to be subscribed', () => ready === 3)
  const room = bob.join('room')
  const chat = bob.private('chat').subscribed(() => ready++)
  room.subscribed(() => ready++)
  await until('bob to be subscribed', () => ready === 5)
  await world.library.trigger('news', 'Published', { n: 1 })
  chat.whisper('typing', { who: 'bob' })
  bob.leave('room')
  await until('everything', () => heard.length === 5)
  assert.deepEqual(heard[0], ['here', 1])
  for (const expected of [
    ['news', { n: 1 }],
    ['typing', { who: 'bob' }],
    ['joining', { name: 'BOB' }],
    ['leaving', { name: 'BOB' }],
  ]) {
    assert.ok(
      heard.some((seen) => JSON.stringify(seen) === JSON.stringify(expected)),
      JSON.stringify(expected),
    )
  }
  for (const echo of echoes) echo.disconnect()
})

test('the hosted publisher reaches a Pusher server through the official library, in order', async () => {
  await using world = await startPusher()
  const { host, port } = world
  const hosted = createHostedPublisher({
    credentials: CREDENTIALS,
    cluster: 'none',
    host,
    port,
    useTLS: false,
  })
  const [client, sender] = [await world.raw().opened(), await world.raw().opened()]
  for (const channel of ['private-a', 'private-b']) {
    const { auth } = hosted.authorizeChannel(client.socketId, channel)
    client.say('pusher:subscribe', { channel, auth })
    await client.next('pusher_internal:subscription_succeeded')
  }
  await sender.subscribed('private-a')
  await Promise.all(Array.from({ length: 20 }, (_, n) => hosted.trigger(['private-a'], 'e', String(n))))
  for (let n = 0; n < 20; n++) assert.equal((await client.next('e')).raw, String(n))
  await sender.settled()
  await hosted.trigger(['private-a', 'private-b'], 'f', '{}', { exceptSocketId: sender.socketId })
  await client.next('f')
  await client.next('f')
  assert.deepEqual(await sender.settled(), [])
})

test('the hosted publisher passes a refusal on, and goes on', async () => {
  await using world = await startPusher()
  const { host, port } = world
  const hosted = createHostedPublisher({
    credentials: CREDENTIALS,
    cluster: 'none',
    host,
    port,
    useTLS: false,
  })
  await assert.rejects(hosted.trigger(['private-a'], 'e', 'x'.repeat(10_241)), { status: 413 })
  await hosted.trigger(['private-a'], 'e', '1')
})

test('the hosted publisher holds a bounded number of events', async () => {
  const options = { credentials: CREDENTIALS, cluster: 'none', host: '127.0.0.1', port: 9, useTLS: false }
  const hosted = createHostedPublisher(options)
  const results = await Promise.allSettled(
    Array.from({ length: 1_001 }, () => hosted.trigger(['private-a'], 'e', '1')),
  )
  const last = results.at(-1)
  assert.equal(last?.status === 'rejected' && last.reason.constructor.name, 'HostedPusherBusy')
})
