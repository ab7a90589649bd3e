import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { target } from '../support/server.ts'
import { is, notInteger, participant, tooSmall } from './messenger-answers.ts'
import {
  type Chat,
  type ChatPage,
  type Message,
  type MessagePage,
  openGroup,
  openPrivate,
  type Person,
  peopleAt,
  say,
  signUp,
} from './messenger-client.ts'

const server = await target()
const { url } = server
after(() => server.close())

const people = peopleAt(url)

const listed = ({ participants: _, ...chat }: Chat) => chat

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

  it('starts at the oldest without a cursor, 50 a page, with their authors', async () => {
    assert.deepEqual(await page(), { count: 50, authors: [participant(ann)], messages: sent.slice(0, 50) })
    assert.deepEqual(await page('?limit=1'), {
      count: 1,
      authors: [participant(ann)],
      messages: sent.slice(0, 1),
    })
    assert.deepEqual(await page(`?cursor=${sent[49]?.id}`), {
      count: 3,
      authors: [participant(ann), participant(bob)],
      messages: sent.slice(50),
    })
  })

  it('gives every message to who begins without a cursor and goes on with the last id', async () => {
    for (const limit of ['', '&limit=7', '&limit=100']) {
      const seen: Message[] = []
      for (let query = `?${limit.slice(1)}`; ; ) {
        const { count, messages } = await page(query)
        if (count === 0) break
        seen.push(...messages)
        query = `?cursor=${messages.at(-1)?.id}${limit}`
      }
      assert.deepEqual(seen, sent)
    }
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
