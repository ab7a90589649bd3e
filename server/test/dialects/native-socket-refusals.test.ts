import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { startParlance } from '../support/server.ts'
import { NativeWorld, openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

/** The status with which a handshake is refused. */
async function refusalOf(protocols: readonly string[], headers: Readonly<Record<string, string>> = {}) {
  const ws = new WebSocket(`${world.server.url.replace('http', 'ws')}/v1/socket`, [...protocols], { headers })
  ws.on('error', () => undefined)
  const [, response] = await once(ws, 'unexpected-response')
  response.resume()
  return response.statusCode
}

async function closeOf(frame: object | string) {
  const client = world.open()
  await client.send(frame)
  const { code, reason } = await client.closed
  return `${code} ${reason}`
}

test('a handshake without the subprotocol is refused', async () => {
  assert.equal(await refusalOf([]), 400)
  assert.equal(await refusalOf(['other']), 400)
})

test('a page of another site gets no socket by a cookie', async () => {
  const headers = { cookie: 'parlance=plt_x', origin: 'https://evil.example' }
  assert.equal(await refusalOf(['parlance.v1'], headers), 403)
  assert.equal(await refusalOf(['parlance.v1'], { cookie: 'parlance=plt_x' }), 403)
})

test('a page of the server’s own needs no token', async () => {
  const ann = await world.join('ann')
  const client = world.open({ cookie: `parlance=${ann.token}`, origin: world.server.url })
  await client.send({ op: 'hello' })
  assert.equal((await client.next('ready')).account.id, ann.id)
})

test('a first frame that is no hello, and one that cannot be used, end the connection', async () => {
  assert.equal(await closeOf({ op: 'ping' }), '4003 hello_expected')
  assert.equal(await closeOf('nonsense'), '4000 bad_frame: # is no JSON object')
  assert.equal(await closeOf([]), '4000 bad_frame: # is no JSON object')
  assert.equal(await closeOf({ op: 'hello', tokem: 'x' }), '4000 bad_frame: #/tokem is no field here')
  const resume = { epoch: 'x', cursor: 0, conversations: { a_1: 2 } }
  assert.match(await closeOf({ op: 'hello', token: 'x', resume }), /^4000 bad_frame: #\/resume/)
  assert.equal(await closeOf({ op: 'hello', token: 'plt_wrong' }), '4001 not_authorized')
  assert.equal(await closeOf({ op: 'hello' }), '4001 not_authorized')
})

test('a bad request is refused with its fields where it has an id, and ends the connection where not', async () => {
  const client = await world.connect(await world.join('ann'))
  const { error } = await client.ask('message.send', { conversation: 'x', body: 7 })
  assert.equal(error?.code, 'invalid_request')
  assert.deepEqual(error?.errors?.map(({ pointer }) => pointer).sort(), [
    '#/body',
    '#/clientId',
    '#/conversation',
  ])
  const unknown = await client.ask('message.sing')
  assert.deepEqual(
    unknown.error?.errors?.map(({ pointer }) => pointer),
    ['#/op'],
  )
  await client.send({ op: 'message.send' })
  assert.equal((await client.closed).code, 4000)
})

test('a request about what is not one’s own is answered as over REST', async () => {
  const [ann, eve] = [await world.join('ann'), await world.join('eve')]
  const conversation = await world.group(ann)
  const [a, e] = [await world.connect(ann), await world.connect(eve)]
  await a.say(conversation, 'mine')
  const place = { conversation, seq: 1 }
  const requests = [
    ['message.send', { conversation, body: 'x', clientId: 'x' }],
    ['message.edit', { ...place, body: 'x' }],
    ['message.delete', place],
    ['reaction.put', { ...place, key: 'x' }],
    ['reaction.remove', { ...place, key: 'x' }],
    ['read', place],
    ['typing', { conversation }],
    ['conversation.open', { conversation }],
  ] as const
  for (const [op, fields] of requests) {
    const { error } = await e.ask(op, fields)
    assert.equal(error?.code, 'not_a_member', op)
  }
  const beyond = await a.ask('message.edit', { conversation, seq: 99, body: 'x' })
  assert.equal(beyond.error?.code, 'not_found')
  const changed = await a.ask('message.edit', { ...place, body: 'x', ifVersion: 1 })
  assert.equal(changed.error?.code, 'precondition_failed')
})

test('a send that is repeated is answered with the first, as it is now', async () => {
  const ann = await world.join('ann')
  const [conversation, other] = [await world.group(ann), await world.group(ann)]
  const client = await world.connect(ann)
  const draft = { conversation, body: 'once', clientId: 'the same' }
  const first = await client.ok('message.send', draft)
  const edited = await client.ok('message.edit', { conversation, seq: first.seq, body: 'twice' })
  assert.deepEqual(await client.ok('message.send', draft), edited)
  const { error } = await client.ask('message.send', { ...draft, conversation: other })
  assert.equal(error?.code, 'client_id_reused')
})

test('opens a conversation with a page of its messages', async () => {
  const ann = await world.join('ann')
  const conversation = await world.group(ann)
  const client = await world.connect(ann)
  for (const body of ['one', 'two', 'three']) await client.say(conversation, body)
  await client.ok('reaction.put', { conversation, seq: 3, key: '👍' })
  const { listing, messages } = await client.ok('conversation.open', { conversation, limit: 2 })
  assert.equal(listing.lastMessage.body, 'three')
  assert.deepEqual(
    messages.items.map(({ body }: { body: string }) => body),
    ['two', 'three'],
  )
  assert.deepEqual(messages.own, { 3: ['👍'] })
})

test('an ended session’s sockets close, and those of another go on', async () => {
  const ann = await world.join('ann')
  const one = await world.connect(ann)
  const { session } = await one.next('ready')
  const { session: other } = await world.ask<{ session: { token: string } }>(undefined, 'POST /v1/sessions', {
    login: ann.username,
    password: 'correct horse battery',
  })
  const two = await world.connect({ ...ann, token: other.token })
  await world.ask({ ...ann, token: other.token }, `DELETE /v1/sessions/${session}`)
  assert.equal((await one.closed).code, 4002)
  await two.ok('ping')
})

test('a client is told before the server drains, is served meanwhile, and is told once', async () => {
  const another = new NativeWorld(await startParlance({ PARLANCE_DRAIN_SECONDS: '300' }))
  const ann = await another.join('ann')
  const conversation = await another.group(ann)
  const told = await another.connect(ann)
  another.server.drain()
  const { reconnectIn } = await told.next('goodbye')
  assert.ok(reconnectIn >= 300_000 && reconnectIn <= 305_000, String(reconnectIn))
  await told.say(conversation, 'going on')
  // A client that comes all the same is served, and told at the end.
  const late = await another.connect(ann)
  await late.say(conversation, 'here too')
  assert.equal(
    late.frames.some(({ op }) => op === 'goodbye'),
    false,
  )
  await another.server.close()
  for (const client of [told, late]) {
    assert.deepEqual(await client.closed, { code: 4200, reason: 'going_away' })
    assert.equal(client.frames.filter(({ op }) => op === 'goodbye').length, 1)
  }
  assert.ok(late.frames.at(-1)?.reconnectIn <= 5_000)
})

test('a client is told when the server goes', async () => {
  const another = new NativeWorld(await startParlance())
  const client = await another.connect(await another.join('ann'))
  await another.server.close()
  assert.deepEqual(await client.closed, { code: 4200, reason: 'going_away' })
  const { op, reconnectIn } = client.frames.at(-1) ?? {}
  assert.equal(op, 'goodbye')
  assert.ok(reconnectIn >= 0 && reconnectIn <= 5_000)
})
