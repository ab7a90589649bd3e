import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { PNG, upload } from '../support/uploads.ts'
import { found, indexed, type SearchQuery } from './native-search-index.ts'

let server: TestServer
before(async () => {
  server = await startParlance()
})
after(() => server.close())

const search = (who: NativeHttp, q: string, more: Partial<SearchQuery> = {}) =>
  who.ok('searchMessages', { query: { q, ...more } })

describe('a search', () => {
  it('finds words, phrases and beginnings, newest first, and says where they stand', async () => {
    const [ann, bob] = await NativeHttp.people(server.url, 'ann', 'bob')
    const group = await ann.group(bob)
    await ann.send(group, 'Big red Café')
    await bob.send(group, 'red, big cafeteria 👋 cafe')
    await indexed(ann)
    assert.deepEqual(await found(ann, 'cafe'), ['red, big cafeteria 👋 cafe', 'Big red Café'])
    assert.deepEqual(await found(ann, '"big red"'), ['Big red Café'])
    assert.deepEqual(await found(ann, '"big cafe"*'), ['red, big cafeteria 👋 cafe'])
    assert.deepEqual(await found(ann, 'red nothing'), [])
    const { items } = await search(bob, 'cafe*')
    assert.deepEqual(
      items.map(({ highlights, message }) => highlights.map(([from, to]) => message.body.slice(from, to))),
      [['cafeteria', 'cafe'], ['Café']],
    )
    const { conversation } = items[0] ?? {}
    assert.deepEqual(conversation, { id: group.id, kind: 'group', name: group.name, other: null })
  })

  it('is narrowed to a conversation, a sender, a time, and messages with links or files', async () => {
    const [ann, bob] = await NativeHttp.people(server.url, 'ann', 'bob')
    const [group, chat] = [await ann.group(bob), await ann.private(bob)]
    const first = await ann.send(group, 'fox one')
    const second = await bob.send(group, 'fox two https://example.org/')
    const third = await bob.send(chat, 'fox three')
    await indexed(ann)
    assert.deepEqual(await found(ann, 'fox', { conversation: group.id }), [second.body, first.body])
    assert.deepEqual(await found(ann, 'fox', { sender: bob.id }), [third.body, second.body])
    assert.deepEqual(await found(ann, 'fox', { has: 'link' }), [second.body])
    const picture = { name: 'fox.png', type: 'image/png' }
    const fourth = await ann.send(group, 'fox four', { attachments: [await upload(ann, 'a fox')] })
    const fifth = await ann.send(group, 'fox five', { attachments: [await upload(ann, PNG, picture)] })
    await indexed(ann)
    assert.deepEqual(await found(ann, 'fox', { has: 'file' }), [fifth.body, fourth.body])
    assert.deepEqual(await found(ann, 'fox', { has: 'image' }), [fifth.body])
    assert.deepEqual(await found(ann, 'fox', { has: 'file', conversation: chat.id }), [])
    assert.equal(
      await ann.refusal('searchMessages', { query: { q: 'fox', has: 'everything' as never } }),
      '400 invalid_request',
    )
    await ann.ok('deleteMessage', { params: { c: group.id, seq: fourth.seq } })
    await ann.ok('deleteMessage', { params: { c: group.id, seq: fifth.seq } })
    assert.deepEqual(await found(ann, 'fox', { after: second.sentAt }), [third.body])
    assert.deepEqual(await found(ann, 'fox', { before: second.sentAt }), [first.body])
    assert.deepEqual(await found(ann, 'fox', { before: '2020-01-01' }), [])
    assert.deepEqual(await found(ann, 'fox', { after: '2020-01-01T00:00Z', conversation: chat.id }), [
      third.body,
    ])
    const { items } = await search(ann, 'fox', { conversation: chat.id })
    assert.equal(items[0]?.conversation.other?.id, bob.id)
  })

  it('goes on where a page has ended', async () => {
    const ann = await NativeHttp.register(server.url, unique('pager'))
    const [one, two] = [await ann.group(), await ann.group()]
    for (let n = 0; n < 9; n++) await ann.send(n % 2 ? one : two, `page "turner" ${n} page turner`)
    await indexed(ann)
    for (const q of ['turner', '"page turner"']) {
      const bodies: string[] = []
      let cursor: string | undefined
      do {
        const page = await search(ann, q, { limit: 4, ...(cursor && { cursor }) })
        bodies.push(...page.items.map(({ message }) => message.body.charAt(14)))
        cursor = page.next ?? undefined
      } while (cursor)
      assert.equal(bodies.join(''), '876543210', q)
    }
  })

  it("finds nothing of others', of what was left, edited away or deleted", async () => {
    const [ann, bob] = await NativeHttp.people(server.url, 'ann', 'bob')
    const [own, shared] = [await bob.group(), await bob.group(ann)]
    await bob.send(own, 'walnut hidden')
    const { seq } = await bob.send(shared, 'walnut shared')
    await indexed(bob)
    assert.deepEqual(await found(ann, 'walnut'), ['walnut shared'])
    assert.equal(
      await ann.refusal('searchMessages', { query: { q: 'walnut', conversation: own.id } }),
      '404 not_a_member',
    )
    const params = { c: shared.id, seq }
    await bob.ok('editMessage', { params, body: { body: 'almond shared' } })
    assert.deepEqual(await found(ann, 'walnut'), [])
    assert.deepEqual(await found(ann, 'almond'), ['almond shared'])
    await bob.ok('removeMember', { params: { c: shared.id, a: ann.id } })
    assert.deepEqual(await found(ann, 'almond'), [])
    assert.deepEqual(await found(bob, 'almond'), ['almond shared'])
    await bob.ok('deleteMessage', { params })
    assert.deepEqual(await found(bob, 'almond'), [])
  })

  it('refuses a query without words, with too many, and times that are none', async () => {
    const ann = await NativeHttp.register(server.url, unique('refused'))
    const refused = async (query: SearchQuery) => {
      const { status, body } = await ann.attempt('searchMessages', { query })
      return [status, JSON.stringify(body).match(/"pointer":"([^"]*)"/)?.[1]]
    }
    for (const q of ['***', '"" !', '👋', '\0']) assert.deepEqual(await refused({ q }), [400, '?q'], q)
    assert.deepEqual(await refused({ q: 'w '.repeat(17) }), [400, '?q'])
    assert.deepEqual(await refused({ q: 'w'.repeat(257) }), [400, '?q'])
    assert.deepEqual(await refused({ q: 'w', before: '2026-02-31' }), [400, '?before'])
    assert.deepEqual(await refused({ q: 'w', after: 'yesterday' }), [400, '?after'])
    assert.deepEqual(await refused({ q: 'w', cursor: 'x' }), [400, '?cursor'])
  })

  it('bears any query, and finds each text by itself', async () => {
    const ann = await NativeHttp.register(server.url, unique('any'))
    const group = await ann.group()
    await ann.send(group, 'x')
    const parts = fc.oneof(
      fc.constantFrom(
        '"',
        '*',
        "'",
        '(',
        ')',
        ':',
        '&',
        '|',
        '!',
        '<->',
        '\\',
        ' AND ',
        ' NOT ',
        '_',
        '日本',
        '\0',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    const queries = fc
      .array(parts, { minLength: 1, maxLength: 8 })
      .map((each) => each.join('').toWellFormed())
    await fc.assert(
      fc.asyncProperty(queries, async (q) => {
        const { status } = await ann.attempt('searchMessages', { query: { q } })
        assert.ok(status === 200 || status === 400, `${status} for ${JSON.stringify(q)}`)
      }),
      { numRuns: 60 },
    )
  })
})
