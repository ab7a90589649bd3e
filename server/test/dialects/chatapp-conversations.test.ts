import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type ChatappClient, type Event, failure, success } from '../support/chatapp.ts'
import { until } from '../support/until.ts'
import {
  type Conversation,
  groupOf,
  listed,
  type Message,
  messagesOf,
  nowSeconds,
  openWorld,
  send,
} from './chatapp-world.ts'

const { http } = await openWorld()

suite('chatapp conversations', () => {
  test('a name is checked before the members, each in order', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const create = (event: Event) => ann.ask({ type: 'create_conversation', ...event })
    const rows: readonly (readonly [Event, string])[] = [
      [{ name: null }, 'name value expected as a non zero string'],
      [{ name: '', members: [] }, 'name value expected as a non zero string'],
      [{ name: 1, members: 1 }, 'name value expected as a non zero string'],
      [{ name: 'a\0', members: [] }, 'name value expected without NUL and lone surrogates'],
      [{ name: 'n'.repeat(256), members: [] }, 'name value expected with at most 255 characters'],
      [{}, 'members value expected a list'],
      [{ name: 'n', members: bob }, 'members value expected a list'],
      [{ members: { length: 1 } }, 'members value expected a list'],
      [{ members: [bob, 1] }, 'members should be a list of string'],
      [{ members: ['nobody at all', null] }, 'members should be a list of string'],
      [{ members: Array.from({ length: 2001 }, (_, i) => `m${i}`) }, 'members should be at most 2000'],
      [{ members: [bob, 'nobody at all', 'nobody else'] }, "'nobody at all' is not a valid username"],
      [{ members: ['\udfff'] }, "'\udfff' is not a valid username"],
    ]
    for (const [event, error] of rows) {
      assert.deepEqual(await create(event), failure('create_conversation', error))
    }
    assert.deepEqual(await ann.ask({ type: 'get_conversations' }), success('get_conversations', []))
  })

  test('all online members are told, the creator first in the list and once', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const cat = await http.register('cat')
    const tab = await http.connect(ann.username, await http.login(ann.username))
    const members = [bob.username, ann.username, cat, bob.username.toUpperCase(), bob.username]
    const made = await ann.data<Conversation>({ type: 'create_conversation', name: 'Club', members })
    assert.deepEqual(made, { id: made.id, name: 'Club', members: [ann.username, bob.username, cat] })
    for (const client of [bob, tab]) {
      assert.deepEqual(await client.settle(), [success('create_conversation', made)])
    }
    assert.deepEqual(await ann.settle(), [])
  })

  test('without a name the members’ names make one; alone is fine', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    assert.equal((await groupOf(ann, bob)).name, `${ann.username}, ${bob.username}`)
    const alone = await groupOf(ann)
    assert.deepEqual([alone.name, alone.members], [ann.username, [ann.username]])
    const many = await Promise.all(
      Array.from({ length: 5 }, () => http.register('somebody-with-a-long-name'.repeat(3))),
    )
    const { name } = await ann.data<Conversation>({ type: 'create_conversation', members: many })
    assert.ok(name.length <= 255 && name.endsWith('…') && name.startsWith(`${ann.username}, ${many[0]}, `))
  })

  test('conversations are listed newest activity first', async () => {
    const ann = await http.join('ann')
    const [first, second, third] = [await groupOf(ann), await groupOf(ann), await groupOf(ann)]
    await send(ann, second.id, 'bump')
    const listed = await ann.data<Conversation[]>({ type: 'get_conversations' })
    assert.deepEqual(
      listed,
      [second, third, first].map(({ id, name }) => ({ id, name })),
    )
  })

  test('a conversation is described to its members only', async () => {
    const [ann, bob, eve] = [await http.join('ann'), await http.join('bob'), await http.join('eve')]
    const made = await groupOf(ann, bob)
    const info = (client: ChatappClient, id: unknown) => client.ask({ type: 'get_conversation_info', id })
    assert.deepEqual(await info(bob, made.id), success('get_conversation_info', made))
    const refused = (error: string) => failure('get_conversation_info', error)
    for (const id of [null, true, String(made.id), 1.5, 2 ** 53, [made.id]]) {
      assert.deepEqual(await info(ann, id), refused('id is required as int'))
    }
    assert.deepEqual(await ann.ask({ type: 'get_conversation_info' }), refused('id is required as int'))
    for (const id of [made.id, 999_999_999, 0, -1]) {
      const error = `${eve.username} is not part of any conversation with ${id} id`
      assert.deepEqual(await info(eve, id), refused(error))
    }
  })
})

suite('chatapp messages', () => {
  test('a message reaches every connection of every member exactly once, the sender’s included', async () => {
    const [ann, bob, eve] = [await http.join('ann'), await http.join('bob'), await http.join('eve')]
    const tab = await http.connect(ann.username, await http.login(ann.username))
    const { id } = await groupOf(ann, bob)
    await tab.next('create_conversation')
    const sent = await send(ann, id, 'hello ✨')
    const { id: messageId, sent_at } = sent
    assert.deepEqual(sent, {
      id: messageId,
      sender_username: ann.username,
      conversation_id: id,
      reply_id: null,
      content: 'hello ✨',
      sent_at,
    })
    assert.ok(Number.isInteger(sent_at) && Math.abs(sent_at - nowSeconds()) <= 5)
    for (const client of [bob, tab]) {
      assert.deepEqual(await client.settle(), [success('send_message', sent)])
    }
    assert.deepEqual(await ann.settle(), [])
    assert.deepEqual(await eve.settle(), [])
  })

  test('a connection opened later hears the conversations it was in before', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const { id } = await ann.data<Conversation>({ type: 'create_conversation', members: [bob] })
    const phone = await http.connect(bob, await http.login(bob))
    const sent = await send(ann, id, 'there you are')
    assert.deepEqual(await phone.next('send_message'), success('send_message', sent))
    assert.deepEqual(await messagesOf(phone, id), [listed(sent)])
  })

  test('a send is checked in order', async () => {
    const [ann, eve] = [await http.join('ann'), await http.join('eve')]
    const [{ id }, other] = [await groupOf(ann), await groupOf(ann)]
    const elsewhere = await send(ann, other.id, 'elsewhere')
    const ask = (client: ChatappClient, event: Event) => client.ask({ type: 'send_message', ...event })
    const rows: readonly (readonly [ChatappClient, Event, string])[] = [
      [ann, {}, 'expected conversation_id as integer'],
      [ann, { conversation_id: null }, 'expected conversation_id as integer'],
      [ann, { conversation_id: true }, 'expected conversation_id as integer'],
      [ann, { conversation_id: String(id) }, 'expected conversation_id as integer'],
      [ann, { conversation_id: 1.5 }, 'expected conversation_id as integer'],
      [eve, { conversation_id: id }, `${eve.username} not part of conversation with ${id} id`],
      [ann, { conversation_id: 999_999_999 }, `${ann.username} not part of conversation with 999999999 id`],
      [ann, { conversation_id: id, reply_id: 'x' }, 'expected content as string'],
      [ann, { conversation_id: id, content: { $gt: '' } }, 'expected content as string'],
      [
        ann,
        { conversation_id: id, content: '', reply_id: 'x' },
        'message content should be non empty string',
      ],
      [
        ann,
        { conversation_id: id, content: 'a\0', reply_id: 'x' },
        'message content should be without NUL and lone surrogates',
      ],
      [
        ann,
        { conversation_id: id, content: '\udc00' },
        'message content should be without NUL and lone surrogates',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: '1' },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: false },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: 1.5 },
        'if reply_id is provided then expected integer',
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: 0 },
        `No such 0 message id found in ${id} conversation_id`,
      ],
      [
        ann,
        { conversation_id: id, content: 'c', reply_id: elsewhere.id },
        `No such ${elsewhere.id} message id found in ${id} conversation_id`,
      ],
      [
        ann,
        { conversation_id: id, content: '€'.repeat(2731) },
        'message content should be at most 8192 bytes long',
      ],
      [
        ann,
        { conversation_id: id, content: 'c'.repeat(100_000) },
        'message content should be at most 8192 bytes long',
      ],
    ]
    for (const [client, event, error] of rows) {
      assert.deepEqual(await ask(client, event), failure('send_message', error), JSON.stringify(event))
    }
    assert.deepEqual(await messagesOf(ann, id), [])
  })

  test('a reply carries the id of what it answers; an explicit null is none', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    const question = await send(ann, id, '?', { reply_id: null })
    const answer = await send(ann, id, '!', { reply_id: question.id })
    assert.deepEqual([question.reply_id, answer.reply_id], [null, question.id])
    assert.deepEqual(await messagesOf(ann, id), [listed(answer), listed(question)])
  })

  test('history is newest first, at most a hundred, before an id', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    for (let i = 0; i < 105; i++)
      await ann.send({ type: 'send_message', conversation_id: id, content: `m${i}` })
    await until('all of them', () => ann.frames.length === 105)
    const sent = ann.frames.splice(0).map(({ data }) => listed(data as Message))
    const newestFirst = sent.toReversed()
    assert.deepEqual(await messagesOf(ann, id), newestFirst.slice(0, 100))
    const before = newestFirst[99]?.id
    assert.deepEqual(await messagesOf(ann, id, { before }), newestFirst.slice(100))
    assert.deepEqual(await messagesOf(ann, id, { before: 0 }), [])
  })

  test('reading history is checked in order', async () => {
    const [ann, eve] = [await http.join('ann'), await http.join('eve')]
    const { id } = await groupOf(ann)
    const rows: readonly (readonly [ChatappClient, Event, string])[] = [
      [ann, { before: 'x' }, 'expected conversation_id as integer'],
      [ann, { conversation_id: '1' }, 'expected conversation_id as integer'],
      [eve, { conversation_id: id, before: 'x' }, `${eve.username} not part of conversation with ${id} id`],
      [ann, { conversation_id: id, before: null }, 'expected before as integer'],
      [ann, { conversation_id: id, before: '7' }, 'expected before as integer'],
      [ann, { conversation_id: id, before: true }, 'expected before as integer'],
    ]
    for (const [client, event, error] of rows) {
      const answer = await client.ask({ type: 'get_messages', ...event })
      assert.deepEqual(answer, failure('get_messages', error))
    }
  })

  test('many pages asked for at once arrive whole and in order', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    for (let i = 0; i < 100; i++) {
      await ann.send({ type: 'send_message', conversation_id: id, content: `${i} `.repeat(2000) })
    }
    await until('all sent', () => ann.frames.length === 100)
    ann.frames.length = 0
    ann.ws.pause()
    for (let i = 0; i < 50; i++) await ann.send({ type: 'get_messages', conversation_id: id })
    await ann.send({ type: 'ping' })
    ann.ws.resume()
    await ann.next('ping')
    assert.equal(ann.frames.length, 50)
    for (const { data } of ann.frames) assert.equal((data as { messages: unknown[] }).messages.length, 100)
  })
})
