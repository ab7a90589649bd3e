import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { CREDENTIALS, sign, startPusher } from '../pusher/pusher-world.ts'
import { deep } from '../support/deep.ts'

const world = await startPusher()
after(() => world.close())

test('a signature for one channel, connection or purpose is worth nothing for another', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  const good = sign(ann.socketId, 'private-ann')
  const stolen = [
    ['private-ann', good],
    ['private-ann', sign(mallory.socketId, 'private-mallory')],
    // The separator is no way out: `a:b` and `c` sign like `a` and `b:c`.
    ['private-ann', sign(mallory.socketId, 'private-ann', '')],
    ['presence-ann', sign(mallory.socketId, 'presence-ann')],
  ] as const
  for (const [channel, auth] of stolen) {
    mallory.say('pusher:subscribe', {
      channel,
      auth,
      ...(channel === 'presence-ann' && { channel_data: '{"user_id":"ann"}' }),
    })
    assert.equal((await mallory.next('pusher:error')).data.code, 4009)
    await mallory.next('pusher:subscription_error')
  }
  await world.server.trigger(['private-ann', 'presence-ann'], 'secret', '1')
  assert.deepEqual(await mallory.settled(), [])
})

test('a client cannot speak with the server’s voice', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-voice')
  for (const event of [
    'pusher_internal:member_removed',
    'pusher:error',
    'new_message',
    'Client-e',
    ' client-e',
  ]) {
    mallory.say(event, { a: 1 }, 'private-voice')
  }
  await mallory.settled()
  assert.deepEqual(await ann.settled(), [])
})

test('an unsigned client event of one who has left reaches nobody', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-left')
  mallory.say('pusher:unsubscribe', { channel: 'private-left' })
  mallory.say('client-e', {}, 'private-left')
  assert.equal((await mallory.next('pusher:error')).data.code, 4300)
  assert.deepEqual(await ann.settled(), [])
})

test('after it was told to go a connection neither hears nor says anything more', async () => {
  const [ann, mallory] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, mallory]) await client.subscribed('private-end')
  world.server.findConnection(mallory.socketId)?.terminate()
  mallory.say('client-e', {}, 'private-end')
  await world.server.trigger(['private-end'], 'after', '1')
  await mallory.gone()
  assert.deepEqual(
    (await ann.settled()).map(({ event }) => event),
    ['after'],
  )
  assert.ok(mallory.messages.every(({ event }) => event !== 'after'))
})

test('without the secret nothing of the HTTP API answers, whatever is tried', async () => {
  const query = fc.dictionary(
    fc.constantFrom(
      'auth_key',
      'auth_timestamp',
      'auth_version',
      'auth_signature',
      'AUTH_SIGNATURE',
      'body_md5',
      '__proto__',
    ),
    fc.oneof(fc.constantFrom(CREDENTIALS.key, '1.0', String(Math.floor(Date.now() / 1000)), ''), fc.string()),
  )
  await fc.assert(
    fc.asyncProperty(query, async (params) => {
      const response = await fetch(`${world.url}/apps/7/channels?${new URLSearchParams(params)}`)
      assert.equal(response.status, 401)
      await response.text()
    }),
    { numRuns: deep(200) },
  )
})
