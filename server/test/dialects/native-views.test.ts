import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { NativeHttp, unique } from '../support/native-http.ts'
import { target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

const idsOf = ({ items }: { readonly items: readonly { readonly id: string }[] }) => items.map(({ id }) => id)

describe('a thread', () => {
  it('has its replies in pages, oldest first, tombstones among them', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group(bob)
    const { seq: thread } = await ann.send(group, 'root')
    for (const text of ['one', 'two', 'three']) await bob.send(group, text, { thread })
    await ann.send(group, 'elsewhere')
    await bob.ok('deleteMessage', { params: { c: group.id, seq: 3 } })
    await ann.ok('putReaction', { params: { c: group.id, seq: 4, key: '👍' } })
    const params = { c: group.id, seq: thread }
    const first = await ann.ok('listThread', { params, query: { limit: 2 } })
    assert.deepEqual([first.root.body, first.root.replyCount, first.hasAfter], ['root', 2, true])
    assert.deepEqual(
      first.items.map(({ body, deletedAt }) => [body, deletedAt === null]),
      [
        ['one', true],
        ['', false],
      ],
    )
    const second = await ann.ok('listThread', { params, query: { limit: 2, after: 3 } })
    assert.deepEqual([second.items.map(({ body }) => body), second.hasAfter], [['three'], false])
    assert.deepEqual([first.own, second.own], [{}, { '4': ['👍'] }])
  })

  it('is empty where nobody has replied, and not found where there is no message', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group()
    const { seq } = await ann.send(group, 'alone')
    const { items, hasAfter } = await ann.ok('listThread', { params: { c: group.id, seq } })
    assert.deepEqual([items, hasAfter], [[], false])
    assert.equal(await ann.refusal('listThread', { params: { c: group.id, seq: 9 } }), '404 not_found')
    assert.equal(await bob.refusal('listThread', { params: { c: group.id, seq } }), '404 not_a_member')
  })
})

describe('earlier texts', () => {
  it('are for the sender and for moderators, oldest first, in pages', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob, cy)
    const sent = await bob.send(group, 'one')
    const params = { c: group.id, seq: sent.seq }
    assert.deepEqual((await bob.ok('listVersions', { params })).items, [])
    for (const body of ['two', 'three']) await bob.ok('editMessage', { params, body: { body } })
    for (const asker of [ann, bob]) {
      const first = await asker.ok('listVersions', { params, query: { limit: 1 } })
      const [one] = first.items
      assert.deepEqual([one?.body, one?.version, one?.writtenAt], ['one', sent.version, sent.sentAt])
      const second = await asker.ok('listVersions', { params, query: { limit: 1, cursor: first.next ?? '' } })
      assert.deepEqual([second.items[0]?.body, second.next], ['two', null])
    }
    assert.equal(await cy.refusal('listVersions', { params }), '403 forbidden')
    await bob.ok('deleteMessage', { params })
    assert.equal(await bob.refusal('listVersions', { params }), '404 not_found')
    assert.equal(await bob.refusal('listVersions', { params: { ...params, seq: 9 } }), '404 not_found')
  })

  it('are the sender’s alone in a private conversation', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const chat = await ann.private(bob)
    const { seq } = await ann.send(chat, 'one')
    const params = { c: chat.id, seq }
    await ann.ok('editMessage', { params, body: { body: 'two' } })
    assert.equal((await ann.ok('listVersions', { params })).items.length, 1)
    assert.equal(await bob.refusal('listVersions', { params }), '403 forbidden')
  })
})

describe('readers', () => {
  const readersOf = async (asker: NativeHttp, c: string, seq: number) =>
    new Set(idsOf(await asker.ok('listReaders', { params: { c, seq } })))

  it('are those whose mark is there, without the sender and those who came later', async () => {
    const [ann, bob, cy, dan] = await NativeHttp.people(url, 'ann', 'bob', 'cy', 'dan')
    const group = await ann.group(bob, cy)
    const { seq } = await ann.send(group, 'hello')
    await ann.send(group, 'and more')
    await ann.ok('putMember', { params: { c: group.id, a: dan.id }, body: {} })
    assert.deepEqual(await readersOf(ann, group.id, seq), new Set())
    await bob.ok('markRead', { params: { c: group.id }, body: { seq } })
    await cy.send(group, 'I have read all of it')
    assert.deepEqual(await readersOf(ann, group.id, seq), new Set([bob.id, cy.id]))
    assert.deepEqual(await readersOf(dan, group.id, seq + 1), new Set([cy.id]))
  })

  it('are without those who have blocked the asker', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const chat = await ann.private(bob)
    const { seq } = await ann.send(chat, 'hello')
    await bob.ok('markRead', { params: { c: chat.id }, body: { seq } })
    assert.deepEqual(await readersOf(ann, chat.id, seq), new Set([bob.id]))
    await bob.ok('block', { params: { a: ann.id } })
    assert.deepEqual(await readersOf(ann, chat.id, seq), new Set())
  })

  it('are without those who want nobody to know how far they have read', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob, cy)
    await bob.ok('changeMe', { body: { settings: { receipts: false } } })
    const { seq } = await ann.send(group, 'hello')
    for (const who of [bob, cy]) await who.ok('markRead', { params: { c: group.id }, body: { seq } })
    assert.deepEqual(await readersOf(ann, group.id, seq), new Set([cy.id]))
  })

  it('are not told in a conversation of more than 100 members, nor to strangers', async () => {
    const [ann, ...others] = await NativeHttp.people(url, ...Array.from({ length: 101 }, () => 'many'))
    assert.ok(ann)
    const [bob] = others
    const group = await ann.group(...others)
    const { seq } = await ann.send(group, 'hello')
    const params = { c: group.id, seq }
    const problem = await ann.problem('listReaders', { params })
    assert.deepEqual(
      [problem.code, problem.detail],
      ['forbidden', 'The conversation has more than 100 members.'],
    )
    await bob?.ok('removeMember', { params: { c: group.id, a: bob.id } })
    assert.deepEqual(await readersOf(ann, group.id, seq), new Set())
    assert.equal(await bob?.refusal('listReaders', { params }), '404 not_a_member')
    assert.equal(await ann.refusal('listReaders', { params: { ...params, seq: 9 } }), '404 not_found')
  })
})

describe('mentions', () => {
  it('are listed from everywhere, the newest first, in pages, with one’s own reactions', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const { username } = await bob.ok('getMe')
    const [group, other] = [await ann.group(bob), await ann.group(bob)]
    await ann.send(group, `first @${username}`)
    await ann.send(group, 'nobody')
    await ann.send(other, `second @${username}`)
    await ann.send(group, 'third @all')
    await bob.ok('putReaction', { params: { c: other.id, seq: 1, key: '👍' } })
    const first = await bob.ok('listMentions', { query: { limit: 2 } })
    const second = await bob.ok('listMentions', { query: { limit: 2, cursor: first.next ?? '' } })
    assert.deepEqual(
      [...first.items, ...second.items].map(({ body, conversation }) => [body.split(' ')[0], conversation]),
      [
        ['third', group.id],
        ['second', other.id],
        ['first', group.id],
      ],
    )
    assert.deepEqual([first.own, second.own, second.next], [{ [other.id]: { '1': ['👍'] } }, {}, null])
    await bob.ok('removeMember', { params: { c: group.id, a: bob.id } })
    assert.deepEqual(
      (await bob.ok('listMentions')).items.map(({ body }) => body.split(' ')[0]),
      ['second'],
    )
  })

  it('are not made by one whom the account has blocked', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const { username } = await bob.ok('getMe')
    const group = await ann.group(bob)
    await bob.ok('block', { params: { a: ann.id } })
    assert.deepEqual((await ann.send(group, `hey @${username}`)).mentions, [])
    assert.deepEqual((await bob.ok('listMentions')).items, [])
  })
})

describe('the log', () => {
  it('tells what has changed after a change, in pages, messages as they are now', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob)
    await ann.send(group, 'one')
    await bob.send(group, 'two')
    const place = { c: group.id, seq: 1 }
    await ann.ok('editMessage', { params: place, body: { body: 'One' } })
    await bob.ok('putReaction', { params: { ...place, key: '👍' } })
    await bob.ok('deleteMessage', { params: { c: group.id, seq: 2 } })
    const params = { c: group.id }
    const all = await ann.ok('listChanges', { params })
    assert.deepEqual(
      all.items.map(({ type }) => type),
      ['conversation.created', 'message.sent', 'message.edited', 'message.reacted', 'message.deleted'],
    )
    assert.deepEqual([all.upTo, all.lastChange, all.done], [6, 6, true])
    assert.match(JSON.stringify(all.items[1]), /"body":"One"/)
    assert.doesNotMatch(JSON.stringify(all.items), /two/)
    const paged: (typeof all.items)[number][] = []
    for (let after = 0, isDone = false; !isDone; ) {
      const page = await bob.ok('listChanges', { params, query: { after, limit: 2 } })
      paged.push(...page.items)
      after = page.upTo
      isDone = page.done
    }
    assert.deepEqual(paged, all.items)
    const beyond = await ann.ok('listChanges', { params, query: { after: 99 } })
    assert.deepEqual(beyond, { items: [], upTo: 99, lastChange: 6, done: true })
    assert.equal(await cy.refusal('listChanges', { params }), '404 not_a_member')
  })
})

describe('a list of conversations', () => {
  it('has those alone whose name begins so, or that of the other, in pages', async () => {
    const word = unique('Wald')
    const [ann] = await NativeHttp.people(url, 'ann')
    const bob = await NativeHttp.register(url, unique('bob'), { displayName: `${word} Bob` })
    const chat = await ann.private(bob)
    const open = await ann.open(`${word} open`)
    await ann.open(unique('Wiese'))
    await ann.ok('changeMembership', { params: { c: open.id }, body: { archived: true } })
    const group = await ann.ok('createConversation', {
      body: { kind: 'group', members: [], name: `${word} group` },
    })
    await ann.send(chat, 'hello')
    const query = { search: word.toLowerCase(), limit: 1 }
    const first = await ann.ok('listConversations', { query })
    const second = await ann.ok('listConversations', { query: { ...query, cursor: first.next ?? '' } })
    assert.deepEqual([...idsOf(first), ...idsOf(second)], [chat.id, group.id])
    assert.equal(second.next, null)
    assert.equal(first.items[0]?.lastMessage?.body, 'hello')
    assert.deepEqual(idsOf(await ann.ok('listConversations', { query: { ...query, archived: true } })), [
      open.id,
    ])
  })
})
