import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { ChatappHttp, failure } from '../support/chatapp.ts'
import { deep } from '../support/deep.ts'
import { CLIENT_KINDS, GroupsClient, type Happening, type SentMessage } from '../support/groups.ts'
import { target } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await target()
const http = new ChatappHttp(server.url)
after(async () => {
  http.close()
  GroupsClient.endAll()
  await server.close()
})

const SENDS = 64
const TOO_LONG = 'x'.repeat(9_000)

/** Commits so far, and the writes that shared them. */
async function commits(): Promise<{ readonly count: number; readonly writes: number }> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const read = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1])
  return { count: read('parlance_commit_writes_count'), writes: read('parlance_commit_writes_sum') }
}

/** Runs `send` and expects its writes to have shared few commits: one each would be as many as there are writes. */
async function sharingCommits(send: () => Promise<void>): Promise<void> {
  const before = await commits()
  await send()
  const after = await commits()
  assert.ok(after.writes - before.writes >= SENDS)
  assert.ok(after.count - before.count <= SENDS / 4, `${after.count - before.count} commits`)
}

test('chatapp: sends of one connection that do not wait are committed together, in order', async () => {
  const ann = await http.join('ann')
  await ann.send({ type: 'create_conversation', members: [] })
  const { data } = await ann.next('create_conversation')
  const { id: conversation_id } = data as { id: number }
  await ann.data({ type: 'send_message', conversation_id, content: 'the first' })
  const contents = Array.from({ length: SENDS }, (_, n) => `message ${n}`)
  await sharingCommits(async () => {
    for (const content of contents)
      ann.ws.send(JSON.stringify({ type: 'send_message', conversation_id, content }))
    await until('all messages', () => ann.frames.length === SENDS)
  })
  const heard = ann.frames.map((frame) => (frame.data as { content: string }).content)
  assert.deepEqual(heard, contents)
})

test('chatapp: refusals and other answers keep their places among sends', async () => {
  const ann = await http.join('ann')
  await ann.send({ type: 'create_conversation', members: [] })
  const { data } = await ann.next('create_conversation')
  const { id: conversation_id } = data as { id: number }
  const said = (content: unknown, id: unknown = conversation_id) =>
    ann.ws.send(JSON.stringify({ type: 'send_message', conversation_id: id, content }))
  said('one')
  said('')
  said('two')
  said(TOO_LONG)
  said('three', 'no id')
  said('four', 99_999)
  ann.ws.send(JSON.stringify({ type: 'send_message', conversation_id, content: 'five', reply_id: 99_999 }))
  ann.ws.send('{"type":"ping"}')
  said('six')
  ann.ws.send('nonsense')
  await until('all answers', () => ann.frames.length === 10)
  const outcomes = ann.frames.map(({ type, data, error }) => {
    return error ?? (type === 'send_message' ? (data as { content: string }).content : type)
  })
  assert.deepEqual(outcomes, [
    'one',
    'message content should be non empty string',
    'two',
    'message content should be at most 8192 bytes long',
    'expected conversation_id as integer',
    `${ann.username} not part of conversation with 99999 id`,
    `No such 99999 message id found in ${conversation_id} conversation_id`,
    'ping',
    'six',
    'invalid json event',
  ])
  assert.deepEqual(ann.frames[1], failure('send_message', 'message content should be non empty string'))
})

test('groups: sends of one connection that do not wait are committed together and answered in order', async () => {
  const ann = await GroupsClient.guest(server.url, 'ann')
  const group_name = await ann.create()
  const texts = Array.from({ length: SENDS }, (_, n) => `message ${n}`)
  const acknowledged: number[] = []
  const heardBefore: number[] = []
  const { socket, log } = ann.client
  const from = log.length
  await sharingCommits(async () => {
    texts.forEach((text, n) => {
      socket.emit('send_message', { username: ann.username, group_name, text }, () => {
        heardBefore.push(log.length - from)
        acknowledged.push(n)
      })
    })
    await until('all acknowledgements', () => acknowledged.length === SENDS)
  })
  assert.deepEqual(
    log.slice(from).map(([, payload]) => (payload as { text: string }).text),
    texts,
  )
  assert.deepEqual(acknowledged, [...texts.keys()])
  assert.ok(heardBefore.every((heard, n) => heard > n))
})

test('groups: refusals and other answers keep their places among sends', async () => {
  const ann = await GroupsClient.guest(server.url, 'ann')
  const group_name = await ann.create()
  const { socket, log } = ann.client
  const from = log.length
  const say = (argument: unknown) => socket.emit('send_message', argument)
  const { username } = ann
  say({ username, group_name, text: 'one' })
  say({ username, group_name: 'no such group', text: 'two' })
  say({ username, group_name, text: TOO_LONG })
  say({ username: 'somebody else', group_name, text: 'three' })
  socket.emit('pingg', 'four')
  say({ username, group_name, text: 'five' })
  await until('all answers', () => log.length === from + 6)
  assert.deepEqual(
    log.slice(from).map(([event]) => event),
    ['message_sent', 'group_not_found', 'invalid_request', 'user_not_authorized', 'pongg', 'message_sent'],
  )
})

test('groups: a connection that ends among its sends leaves in the log those that were begun, in order', async () => {
  const ann = await GroupsClient.guest(server.url, 'ann')
  const ben = await GroupsClient.guest(server.url, 'ben')
  const group_name = await ann.create()
  await ben.visit(group_name)
  for (let n = 0; n < SENDS; n++)
    ann.client.socket.emit('send_message', { username: ann.username, group_name, text: `message ${n}` })
  await until('some to arrive', () => ben.client.texts.length > 0)
  ann.client.end()
  ben.client.socket.emit('enter_group', { username: ben.username, group_name })
  const entered = await until('the history', () => ben.client.log.find(([event]) => event === 'enter_group'))
  const [unread, read] = entered[1] as [SentMessage[], SentMessage[]]
  const at = ben.client.log.indexOf(entered)
  const live = (part: readonly Happening[]) =>
    part.flatMap(([event, payload]) => (event === 'message_sent' ? [(payload as SentMessage).text] : []))
  const history = [...read, ...unread].map(({ text }) => text)
  const heard = [...history, ...live(ben.client.log.slice(at + 1))]
  assert.ok(heard.length > 0)
  assert.deepEqual(
    heard,
    heard.map((_, n) => `message ${n}`),
  )
  const before = live(ben.client.log.slice(0, at))
  assert.deepEqual(before, heard.slice(0, before.length))
})

test('chatapp: requests that do not wait are answered in their order', async () => {
  const ann = await http.join('ann')
  await ann.send({ type: 'create_conversation', members: [] })
  const { data } = await ann.next('create_conversation')
  const { id: conversation_id } = data as { id: number }
  const requests = [
    { ask: { type: 'send_message', conversation_id, content: 'said' }, answer: 'said' },
    { ask: { type: 'send_message', conversation_id, content: '' }, answer: 'non empty' },
    { ask: { type: 'send_message', conversation_id, content: TOO_LONG }, answer: '8192 bytes' },
    {
      ask: { type: 'send_message', conversation_id, content: 'x', reply_id: 99_999 },
      answer: 'reply|No such',
    },
    { ask: { type: 'send_message', conversation_id: 77_777, content: 'x' }, answer: 'not part' },
    { ask: { type: 'ping' }, answer: 'pong' },
    { ask: { type: 'get_messages', conversation_id: 77_777 }, answer: 'not part' },
    { ask: { type: 'get_messages', conversation_id, before: 1 }, answer: '"messages"' },
    { ask: { type: 'nothing' }, answer: 'no type field' },
  ]
  const asked = fc.array(fc.constantFrom(...requests), { minLength: 1, maxLength: 90 })
  await fc.assert(
    fc.asyncProperty(asked, async (sequence) => {
      ann.frames.length = 0
      for (const { ask } of sequence) ann.ws.send(JSON.stringify(ask))
      await until('all answers', () => ann.frames.length >= sequence.length)
      for (const [n, { answer }] of sequence.entries())
        assert.match(JSON.stringify(ann.frames[n]), new RegExp(answer), `answer ${n} of ${sequence.length}`)
    }),
    { numRuns: deep(40) },
  )
})

for (const kind of CLIENT_KINDS) {
  test(`groups: requests that do not wait are answered in their order, ${kind}`, async () => {
    const ann = await GroupsClient.guest(server.url, 'ann', kind)
    const [here, elsewhere] = [await ann.create(), await ann.create()]
    await ann.visit(here)
    const { username, client } = ann
    const send = (group_name: string, text: string) => ({
      event: 'send_message',
      argument: { username, group_name, text },
    })
    const requests = [
      { ...send(here, 'said here'), answer: 'said here' },
      { ...send(elsewhere, 'said elsewhere'), answer: 'said elsewhere' },
      { ...send(here, TOO_LONG), answer: 'invalid_request' },
      { ...send('no such group', 'x'), answer: 'group_not_found' },
      { event: 'send_message', argument: 'nonsense', answer: 'invalid_request' },
      { event: 'pingg', argument: 'p', answer: 'pongg' },
      { event: 'visit_group', argument: { username, group_name: here }, answer: 'already_in_the_group' },
    ]
    const asked = fc.array(fc.constantFrom(...requests), { minLength: 1, maxLength: 70 })
    await fc.assert(
      fc.asyncProperty(asked, async (sequence) => {
        const from = client.log.length
        for (const { event, argument } of sequence) client.socket.emit(event, argument)
        await until('all answers', () => client.log.length >= from + sequence.length)
        for (const [n, { answer }] of sequence.entries())
          assert.ok(
            JSON.stringify(client.log[from + n]).includes(answer),
            `answer ${n} of ${sequence.length}`,
          )
      }),
      { numRuns: deep(15) },
    )
  })
}
