import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { target } from '../support/server.ts'
import {
  CHAT_EXISTS,
  empty,
  is,
  isNull,
  missing,
  NO_CHAT,
  NO_MESSAGE,
  NO_USER,
  notDict,
  notInteger,
  notText,
  ownError,
  participant,
  TIME,
  tooLong,
  tooSmall,
  unclean,
  WITH_YOURSELF,
} from './messenger-answers.ts'
import {
  type Chat,
  type MessagePage,
  openGroup,
  openPrivate,
  peopleAt,
  say,
  signUp,
} from './messenger-client.ts'

const server = await target()
const { url } = server
after(() => server.close())

const people = peopleAt(url)

/** Nobody's id, in each way a client could write one. */
const ABSENT_IDS = [2 ** 52, 0, -1, 2 ** 53 + 2, 1e300, '9'.repeat(100), '-5']
const NOT_INTEGERS = ['x', '1.5', '1e3', '0x1', '１', 'NaN', '1_0']

describe('POST /chat/private/create', () => {
  it('answers the new chat, its creator first', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(bob, ann)
    const { id, created_at, ...rest } = chat
    assert.ok(Number.isSafeInteger(id))
    assert.match(created_at, TIME)
    assert.deepEqual(rest, {
      updated_at: created_at,
      name: null,
      type: 'private',
      last_message: null,
      participants: [participant(bob), participant(ann)],
    })
  })

  it('takes the digits of an id', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const answer = await ann.client.post('/chat/private/create', { with_user_id: String(bob.id) })
    assert.equal(answer.status, 200)
  })

  it('refuses a second one of the pair, in either direction', async () => {
    const [ann, bob] = await people('ann', 'bob')
    await openPrivate(ann, bob)
    is(await ann.client.post('/chat/private/create', { with_user_id: bob.id }), 403, CHAT_EXISTS)
    is(await bob.client.post('/chat/private/create', { with_user_id: ann.id }), 403, CHAT_EXISTS)
  })

  it('makes one when both ask at once', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const asked = [ann, bob, ann, bob].map((who) =>
      who.client.post('/chat/private/create', { with_user_id: (who === ann ? bob : ann).id }),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 403, 403, 403])
  })

  it('refuses oneself and nobody', async () => {
    const { id, client } = await signUp(url, 'cleo')
    is(await client.post('/chat/private/create', { with_user_id: id }), 400, WITH_YOURSELF)
    for (const with_user_id of ABSENT_IDS)
      is(await client.post('/chat/private/create', { with_user_id }), 400, NO_USER)
  })

  it('refuses what is no id', async () => {
    const { client } = await signUp(url, 'dora')
    const field = ['body', 'with_user_id']
    for (const with_user_id of [...NOT_INTEGERS, '', 1.5, true, [1], { $gt: 0 }])
      is(await client.post('/chat/private/create', { with_user_id }), 422, { detail: [notInteger(...field)] })
    is(await client.post('/chat/private/create', {}), 422, { detail: [missing(...field)] })
    is(await client.post('/chat/private/create', { with_user_id: null }), 422, { detail: [isNull(...field)] })
    is(await client.post('/chat/private/create', [1]), 422, { detail: [notDict] })
  })
})

describe('POST /chat/group/create', () => {
  it('answers the new chat, repeated ids folded, in the order given', async () => {
    const [ann, bob, cleo] = await people('ann', 'bob', 'cleo')
    const ids = [cleo.id, bob.id, String(cleo.id), bob.id]
    const chat = await ann.client.ok<Chat>('POST', '/chat/group/create', { with_ids: ids, name: 'Trio 🎻' })
    const { id: _, created_at, ...rest } = chat
    assert.deepEqual(rest, {
      updated_at: created_at,
      name: 'Trio 🎻',
      type: 'group',
      last_message: null,
      participants: [ann, cleo, bob].map(participant),
    })
  })

  it('may bear a name that another one has', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const first = await openGroup(ann, [bob], 'Friends')
    assert.notEqual((await openGroup(ann, [bob], 'Friends')).id, first.id)
  })

  it('refuses oneself, then nobody', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const create = (...with_ids: (number | string)[]) =>
      ann.client.post('/chat/group/create', { with_ids, name: 'n' })
    is(await create(bob.id, ann.id), 400, WITH_YOURSELF)
    is(await create(2 ** 52, ann.id), 400, WITH_YOURSELF)
    for (const id of ABSENT_IDS) is(await create(bob.id, id), 400, NO_USER)
  })

  it('says of every field, in order, what is wrong', async () => {
    const { client } = await signUp(url, 'dora')
    const few = {
      loc: ['body', 'with_ids'],
      msg: 'ensure this value has at least 1 items',
      type: 'value_error.list.min_items',
      ctx: { limit_value: 1 },
    }
    const many = {
      loc: ['body', 'with_ids'],
      msg: 'ensure this value has at most 10000 items',
      type: 'value_error.list.max_items',
      ctx: { limit_value: 10_000 },
    }
    const noList = { loc: ['body', 'with_ids'], msg: 'value is not a valid list', type: 'type_error.list' }
    const name = ['body', 'name']
    const rows: readonly (readonly [object, ...object[]])[] = [
      [{}, missing('body', 'with_ids'), missing(...name)],
      [{ with_ids: [], name: '' }, few, empty(...name)],
      [{ with_ids: '12', name: 7 }, noList, notText(...name)],
      [{ with_ids: { 0: 1 }, name: 'n' }, noList],
      [
        { with_ids: ['x', 1, null, 1.5], name: 'n' },
        notInteger('body', 'with_ids', 0),
        isNull('body', 'with_ids', 2),
        notInteger('body', 'with_ids', 3),
      ],
      [{ with_ids: null, name: null }, isNull('body', 'with_ids'), isNull(...name)],
      [{ with_ids: [1], name: '🎻'.repeat(256) }, tooLong(255, ...name)],
      [{ with_ids: [1], name: 'a\0' }, unclean(...name)],
      [{ with_ids: Array(10_001).fill(1), name: 'n' }, many],
    ]
    for (const [body, ...detail] of rows) is(await client.post('/chat/group/create', body), 422, { detail })
  })
})

describe('GET /chat/{id}', () => {
  it('answers the chat with its newest message and its participants, to each of them', async () => {
    const [ann, bob, cleo] = await people('ann', 'bob', 'cleo')
    const chat = await openGroup(bob, [cleo, ann], 'g')
    await say(ann, chat, 'one')
    const last_message = await say(cleo, chat, 'two')
    for (const who of [ann, bob, cleo])
      assert.deepEqual(await who.client.ok('GET', `/chat/${chat.id}`), { ...chat, last_message })
  })

  it('knows no chat to those who are not in it', async () => {
    const [ann, bob, eve] = await people('ann', 'bob', 'eve')
    const chat = await openPrivate(ann, bob)
    is(await eve.client.get(`/chat/${chat.id}`), 404, NO_CHAT)
    is(await eve.client.get(`/chat/${chat.id}/messages`), 404, NO_CHAT)
    is(await eve.client.post(`/chat/${chat.id}/message`, { contents: 'boo' }), 404, NO_CHAT)
    for (const id of ABSENT_IDS.map((id) => String(id).replace('1e+300', '9'.repeat(200))))
      is(await ann.client.get(`/chat/${id}`), 404, NO_CHAT)
  })

  it('refuses what is no id, in its path and its body at once', async () => {
    const { client } = await signUp(url, 'finn')
    const problem = notInteger('path', 'chat_id')
    for (const id of [...NOT_INTEGERS, 'private', '%00', '%F0%9F%8E%BB', '1%20']) {
      is(await client.get(`/chat/${id}`), 422, { detail: [problem] })
      is(await client.get(`/chat/${id}/messages?limit=0`), 422, {
        detail: [problem, tooSmall('query', 'limit')],
      })
      is(await client.post(`/chat/${id}/message`, {}), 422, {
        detail: [problem, missing('body', 'contents')],
      })
      is(await client.call('DELETE', `/message/${id}`), 422, { detail: [notInteger('path', 'message_id')] })
    }
  })
})

describe('POST /chat/{id}/message', () => {
  it('answers the message', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(ann, bob)
    for (const contents of ['hi', ' ', '🌻'.repeat(2047), '{"a":1}', '<b>\u2028\n']) {
      const { id, created_at, ...rest } = await say(bob, chat, contents)
      assert.ok(Number.isSafeInteger(id))
      assert.match(created_at, TIME)
      assert.deepEqual(rest, { updated_at: created_at, contents, author_id: bob.id })
    }
  })

  it('refuses what is no text', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(ann, bob)
    const field = ['body', 'contents']
    const rows = [
      [{}, missing(...field)],
      [{ contents: null }, isNull(...field)],
      [{ contents: '' }, empty(...field)],
      [{ contents: 5 }, notText(...field)],
      [{ contents: ['x'] }, notText(...field)],
      [{ contents: '🌻'.repeat(2048) }, tooLong(2047, ...field)],
      [{ contents: 'a\0' }, unclean(...field)],
      [{ contents: '\udc00' }, unclean(...field)],
    ] as const
    for (const [body, problem] of rows)
      is(await ann.client.post(`/chat/${chat.id}/message`, body), 422, { detail: [problem] })
    assert.equal((await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages`)).count, 0)
  })
})

describe('DELETE /message/{id}', () => {
  it('takes the message out of every answer', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(ann, bob)
    const first = await say(ann, chat, 'stays')
    const second = await say(ann, chat, 'goes')
    assert.deepEqual(await ann.client.ok('DELETE', `/message/${second.id}`), { success: true })
    const { messages } = await bob.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages`)
    assert.deepEqual(messages, [first])
    assert.deepEqual((await bob.client.ok<Chat>('GET', `/chat/${chat.id}`)).last_message, first)
    is(await ann.client.call('DELETE', `/message/${second.id}`), 404, NO_MESSAGE)
  })

  it('is for its owner only, and elsewhere it does not exist', async () => {
    const [ann, bob, eve] = await people('ann', 'bob', 'eve')
    const { id } = await say(ann, await openPrivate(ann, bob), 'mine')
    const refusal = ownError(
      403,
      'NOT_THE_OWNER',
      "You are not the owner of the message. You can't delete it.",
    )
    is(await bob.client.call('DELETE', `/message/${id}`), 403, refusal)
    is(await eve.client.call('DELETE', `/message/${id}`), 404, NO_MESSAGE)
    for (const absent of ['9'.repeat(30), '0', '-1', 2 ** 52])
      is(await eve.client.call('DELETE', `/message/${absent}`), 404, NO_MESSAGE)
  })

  it('needs no body, and minds none', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const { id } = await say(ann, await openPrivate(ann, bob), 'mine')
    const headers = { 'content-type': 'application/json' }
    is(await ann.client.send('DELETE', `/message/${id}`, { headers, body: '{' }), 200, { success: true })
  })
})
