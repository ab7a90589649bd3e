import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { toAccountId, toConversationId } from '../../src/core/chat.ts'
import { type Target, target } from '../support/server.ts'
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
  tooLong,
  unclean,
  WITH_YOURSELF,
} from './messenger-answers.ts'
import {
  type Chat,
  type ChatPage,
  type Message,
  type MessagePage,
  openGroup,
  openPrivate,
  type Person,
  say,
  signUp,
  unique,
} from './messenger-client.ts'

const server: Target = await target()
const { url, own } = server
after(() => server.close())

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/
/** Nobody's id, in each way a client could write one. */
const ABSENT_IDS = [2 ** 52, 0, -1, 2 ** 53 + 2, 1e300, '9'.repeat(100), '-5']
const NOT_INTEGERS = ['x', '1.5', '1e3', '0x1', '１', 'NaN', '1_0']

const participant = ({ id, username }: Person) => ({ id, username })
const listed = ({ participants: _, ...chat }: Chat) => chat

async function people<Names extends readonly string[]>(
  ...names: Names
): Promise<{ [K in keyof Names]: Person }> {
  return (await Promise.all(names.map((name) => signUp(url, name)))) as { [K in keyof Names]: Person }
}

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

const tooSmall = (...loc: string[]) => ({
  loc,
  msg: 'ensure this value is greater than or equal to 1',
  type: 'value_error.number.not_ge',
  ctx: { limit_value: 1 },
})
const tooGreat = (limit: number, ...loc: string[]) => ({
  loc,
  msg: `ensure this value is less than or equal to ${limit}`,
  type: 'value_error.number.not_le',
  ctx: { limit_value: limit },
})
const limitRows = (max: number) =>
  [
    ['0', tooSmall('query', 'limit')],
    ['-9999999999999999999999', tooSmall('query', 'limit')],
    [String(max + 1), tooGreat(max, 'query', 'limit')],
    ['9999999999999999999999', tooGreat(max, 'query', 'limit')],
    ['ten', notInteger('query', 'limit')],
    ['', notInteger('query', 'limit')],
    ['1.0', notInteger('query', 'limit')],
  ] as const

describe('GET /user/chats', () => {
  let ann: Person
  let chats: Chat[]
  const page = (query = '') => ann.client.ok<ChatPage>('GET', `/user/chats${query}`)
  const ids = ({ chats }: ChatPage) => chats.map(({ id }) => id)

  before(async () => {
    const [someone, bob] = await people('ann', 'bob')
    ann = someone
    chats = []
    for (let i = 0; i < 27; i++) chats.push(await openGroup(ann, [bob], `chat ${i}`))
    chats.reverse()
  })

  it('is empty at first', async () => {
    const { client } = await signUp(url, 'gil')
    assert.deepEqual(await client.ok('GET', '/user/chats'), { next: null, count: 0, chats: [] })
  })

  it('lists the last activity first, 25 a page, and leads to the next page', async () => {
    const first = await page()
    assert.deepEqual(first.chats, chats.slice(0, 25).map(listed))
    assert.equal(first.count, 25)
    assert.equal(first.next, chats[24]?.updated_at)
    const second = await page(`?cursor=${encodeURIComponent(first.next ?? '')}`)
    assert.deepEqual(
      ids(second),
      chats.slice(25).map(({ id }) => id),
    )
    assert.deepEqual(await page(`?cursor=${encodeURIComponent(second.next ?? '')}`), {
      next: null,
      count: 0,
      chats: [],
    })
  })

  it('loses nothing and repeats nothing from page to page, whatever their size', async () => {
    for (const limit of [1, 2, 5, 50]) {
      const seen: number[] = []
      for (let query = `?limit=${limit}`; ; ) {
        const { next, chats: rows } = await page(query)
        seen.push(...rows.map(({ id }) => id))
        if (next === null) break
        query = `?limit=${limit}&cursor=${encodeURIComponent(next)}`
      }
      assert.deepEqual(
        seen,
        chats.map(({ id }) => id),
      )
    }
  })

  it('moves a chat to the front with a message, whose time is then its activity', async () => {
    const [gil, hal] = await people('gil', 'hal')
    const older = await openGroup(gil, [hal], 'older')
    const newer = await openGroup(gil, [hal], 'newer')
    const last_message = await say(hal, older, 'hey')
    const answer = await gil.client.ok<ChatPage>('GET', '/user/chats')
    assert.deepEqual(answer.chats, [{ ...listed(older), last_message }, listed(newer)])
    const { next } = await gil.client.ok<ChatPage>('GET', '/user/chats?limit=1')
    assert.equal(next, last_message.created_at)
    await gil.client.ok('GET', '/user/chats')
    await hal.client.ok('DELETE', `/message/${last_message.id}`)
    const { chats: rows } = await gil.client.ok<ChatPage>('GET', '/user/chats')
    assert.deepEqual(rows, [listed(newer), listed(older)])
  })

  it('takes a time with an offset, with Z, without either, and with an unescaped plus', async () => {
    const at = chats[20]?.updated_at ?? ''
    const wanted = chats.slice(21).map(({ id }) => id)
    const local = at.slice(0, -6)
    const shifted = new Date(Date.parse(`${local.slice(0, 19)}Z`) + 5.5 * 3_600_000)
      .toISOString()
      .slice(0, 19)
    const forms = [at, `${local}%2B00:00`, `${local}Z`, local, local.replace('T', '%20'), `${local}-00:00`]
    for (const form of [
      ...forms,
      `${shifted}${local.slice(19)}%2B05:30`,
      `${shifted}${local.slice(19)}+0530`,
    ])
      assert.deepEqual(ids(await page(`?cursor=${form}`)), wanted, form)
    assert.deepEqual(
      ids(await page(`?cursor=9999-12-31T23:59:59&limit=50`)),
      chats.map(({ id }) => id),
    )
    assert.deepEqual(ids(await page('?cursor=0001-01-01T00:00')), [])
  })

  it('refuses what is no time', async () => {
    const detail = [
      { loc: ['query', 'cursor'], msg: 'invalid datetime format', type: 'value_error.datetime' },
    ]
    const rows = [
      '',
      'x',
      '2023',
      '2023-08-09',
      '2023-13-01T00:00:00',
      '2023-02-30T00:00:00',
      '2023-08-09T24:00:00',
    ]
    const more = [
      '2023-08-09T00:00:60',
      '2023-08-09T00:00:00%2B24:00',
      '0000-01-01T00:00:00',
      '2023-08-09T00:00:00X',
    ]
    for (const cursor of [...rows, ...more]) {
      is(await ann.client.get(`/user/chats?cursor=${cursor}`), 422, { detail })
      is(await ann.client.get(`/user/chats?cursor=${cursor}&limit=0`), 422, {
        detail: [...detail, tooSmall('query', 'limit')],
      })
    }
  })

  it('bounds the limit; of several the last counts', async () => {
    for (const [limit, problem] of limitRows(50))
      is(await ann.client.get(`/user/chats?limit=${limit}`), 422, { detail: [problem] })
    assert.equal((await page('?limit=x&limit=2')).count, 2)
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

describe('GET /chat/{id}/messages', () => {
  let ann: Person
  let bob: Person
  let chat: Chat
  const sent: Message[] = []
  const page = (query = '') => ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages${query}`)

  before(async () => {
    ;[ann, bob] = await people('ann', 'bob')
    chat = await openPrivate(ann, bob)
    for (let i = 0; i < 53; i++) sent.push(await say(i === 52 ? bob : ann, chat, `message ${i}`))
  })

  it('answers the newest 50, oldest first, with their authors', async () => {
    assert.deepEqual(await page(), {
      count: 50,
      authors: [participant(ann), participant(bob)],
      messages: sent.slice(3),
    })
    assert.deepEqual(await page('?limit=1'), {
      count: 1,
      authors: [participant(bob)],
      messages: sent.slice(52),
    })
  })

  it('answers what follows a cursor, oldest first', async () => {
    assert.deepEqual((await page(`?cursor=${sent[9]?.id}&limit=3`)).messages, sent.slice(10, 13))
    assert.deepEqual((await page('?cursor=0&limit=100')).messages, sent)
    assert.deepEqual((await page('?cursor=-99999999999999999999&limit=2')).messages, sent.slice(0, 2))
    for (const cursor of [sent[52]?.id, '9'.repeat(30)])
      assert.deepEqual(await page(`?cursor=${cursor}`), { count: 0, authors: [], messages: [] })
  })

  it('refuses a cursor and a limit that are none', async () => {
    const path = `/chat/${chat.id}/messages`
    for (const [limit, problem] of limitRows(100))
      is(await ann.client.get(`${path}?cursor=x&limit=${limit}`), 422, {
        detail: [notInteger('query', 'cursor'), problem],
      })
    is(await ann.client.get(`${path}?cursor=`), 422, { detail: [notInteger('query', 'cursor')] })
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

if (own) {
  const { accounts, contacts, conversations, messages } = own.chat
  const idOf = ({ id }: Person) => toAccountId(id)

  describe('what other dialects bring', () => {
    it('a private chat exists, whoever opened it and wherever', async () => {
      const [ann, bob] = await people('ann', 'bob')
      const { conversation } = await conversations.openPrivate(idOf(bob), idOf(ann))
      is(await ann.client.post('/chat/private/create', { with_user_id: bob.id }), 403, CHAT_EXISTS)
      const chat = await ann.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
      assert.deepEqual([chat.type, chat.name], ['private', null])
      assert.deepEqual(chat.participants, [bob, ann].map(participant))
    })

    it('an open conversation is a group, by its name or else its gid, its creator first', async () => {
      const [ann, bob] = await people('ann', 'bob')
      for (const name of [unique('lobby'), null]) {
        const { conversation } = await conversations.createOpen(idOf(ann), name)
        const account = await accounts.find(idOf(bob))
        assert.ok(account)
        await conversations.enter(account, conversation)
        await conversations.leave(idOf(ann), conversation)
        await conversations.enter({ ...account, accountId: idOf(ann) }, conversation)
        const chat = await bob.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
        assert.deepEqual([chat.type, chat.name], ['group', name ?? conversation.gid])
        assert.deepEqual(chat.participants, [ann, bob].map(participant))
        assert.notEqual(chat.updated_at, chat.created_at)
      }
    })

    it('a nameless group goes by its gid, because no name means a private chat', async () => {
      const [ann, bob] = await people('ann', 'bob')
      const { conversation } = await conversations.createGroup(idOf(ann), [idOf(bob)], null)
      const chat = await bob.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
      assert.deepEqual([chat.type, chat.name], ['group', conversation.gid])
    })

    it('a message sent there is in the history here', async () => {
      const [ann, bob] = await people('ann', 'bob')
      const chat = await openPrivate(ann, bob)
      const standing = await conversations.standing(idOf(bob), toConversationId(chat.id))
      const sender = await accounts.find(idOf(bob))
      assert.ok(standing && sender)
      await messages.send(sender, standing, { body: 'from elsewhere' })
      const page = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages`)
      assert.deepEqual(page.authors, [participant(bob)])
      assert.equal(page.messages[0]?.contents, 'from elsewhere')
    })

    it('a guest is no valid user, and its name is taken', async () => {
      const ann = await signUp(url, 'ann')
      const { accountId, username } = await accounts.admitGuest(unique('guest'))
      is(await ann.client.post('/chat/private/create', { with_user_id: accountId }), 400, NO_USER)
      is(await ann.client.post('/chat/group/create', { with_ids: [accountId], name: 'n' }), 400, NO_USER)
      const registration = { username, email: `${username}@example.org`, password: 'p' }
      const response = await fetch(`${url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(registration),
      })
      assert.equal(response.status, 400)
    })
  })

  describe('the blocked', () => {
    const block = (blocker: Person, blocked: Person) => contacts.block(idOf(blocker), idOf(blocked))

    it('cannot find the blocker, who can find them', async () => {
      const [ann, bob] = await people('ann', 'bob')
      await block(ann, bob)
      is(await bob.client.post('/chat/private/create', { with_user_id: ann.id }), 400, NO_USER)
      is(await bob.client.post('/chat/group/create', { with_ids: [ann.id], name: 'n' }), 400, NO_USER)
      await openGroup(ann, [bob], 'n')
    })

    it('cannot send into the private chat they have, nor tell that it exists', async () => {
      const [ann, bob] = await people('ann', 'bob')
      const chat = await openPrivate(bob, ann)
      await block(ann, bob)
      const refusal = ownError(403, 'MESSAGE_REFUSED', 'This message can not be delivered.')
      is(await bob.client.post(`/chat/${chat.id}/message`, { contents: 'hey' }), 403, refusal)
      is(await bob.client.post('/chat/private/create', { with_user_id: ann.id }), 400, NO_USER)
      await say(ann, chat, 'still mine')
      await contacts.unblock(idOf(ann), idOf(bob))
      await say(bob, chat, 'thanks')
    })
  })
}
