import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { NativeHttp, unique } from '../support/native-http.ts'
import { target } from '../support/server.ts'

const { url, own, close } = await target()
after(() => close())

const idsOf = ({ items }: { readonly items: readonly { readonly id: string }[] }) => items.map(({ id }) => id)

const blocks = (blocker: NativeHttp, blocked: NativeHttp) =>
  blocker.ok('block', { params: { a: blocked.id } })

/** A nickname of the groups dialect. */
async function guest(): Promise<string> {
  assert.ok(own)
  const { accountId } = await own.chat.accounts.admitGuest(unique('nick'))
  return `a_${accountId}`
}

describe('one’s own account', () => {
  it('is not changed in part where something of the change is refused', async () => {
    const email = `${unique('taken')}@example.org`
    await NativeHttp.register(url, unique('other'), { email })
    const [ann] = await NativeHttp.people(url, 'ann')
    const before = await ann.ok('getMe')
    const tooLong = { text: 'x'.repeat(8_192) }
    for (const [body, refusal] of [
      [{ displayName: 'Ann', settings: tooLong }, '400 invalid_request'],
      [{ email, displayName: 'Ann', settings: { theme: 'dark' } }, '409 email_taken'],
      [{ bio: 'new', displayName: '\u200b', settings: { theme: 'dark' } }, '400 invalid_request'],
    ] as const)
      assert.equal(await ann.refusal('changeMe', { body }), refusal)
    assert.deepEqual(await ann.ok('getMe'), before)
  })
})

describe('accounts', () => {
  it('are found by the beginning of the username or the display name, and not by the e-mail address', async () => {
    const [asker] = await NativeHttp.people(url, 'asker')
    const word = unique('zeb')
    const email = `${word}-mail@example.org`
    const named = await NativeHttp.register(url, `${word}-a`)
    const shown = await NativeHttp.register(url, unique('other'), {
      displayName: `${word.toUpperCase()} B`,
      email,
    })
    const found = await asker.ok('searchAccounts', { query: { search: word } })
    assert.deepEqual(new Set(idsOf(found)), new Set([named.id, shown.id]))
    assert.equal(found.next, null)
    assert.deepEqual(idsOf(await asker.ok('searchAccounts', { query: { search: `${word}-mail` } })), [])
    const [first] = found.items.filter(({ id }) => id === shown.id)
    assert.deepEqual(Object.keys(first ?? {}).sort(), [
      ...['bio', 'displayName', 'id', 'isBot', 'isGuest', 'username'],
    ])
  })

  it('are found page after page', async () => {
    const word = unique('yan')
    const [asker] = await NativeHttp.people(url, 'asker')
    const made = await Promise.all([1, 2, 3, 4, 5].map((n) => NativeHttp.register(url, `${word}-${n}`)))
    const found: string[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await asker.ok('searchAccounts', {
        query: { search: word, limit: 2, ...(cursor !== undefined && { cursor }) },
      })
      assert.ok(page.items.length <= 2)
      found.push(...idsOf(page))
      cursor = page.next
    }
    assert.deepEqual(
      found,
      made.map(({ id }) => id),
    )
  })

  it('are not found where they have blocked the asker, are disabled, or are guests', async () => {
    const word = unique('xan')
    const [asker] = await NativeHttp.people(url, 'asker')
    const [blocker, gone] = await Promise.all([
      NativeHttp.register(url, `${word}-blocker`),
      NativeHttp.register(url, `${word}-gone`),
    ])
    assert.ok(own)
    const { accountId } = await own.chat.accounts.admitGuest(`${word}-guest`)
    await own.chat.credentials.disable(
      (await own.chat.accounts.findByUsername(`${word}-gone`))?.accountId ?? accountId,
    )
    await blocks(blocker, asker)
    assert.deepEqual(idsOf(await asker.ok('searchAccounts', { query: { search: word } })), [])
    for (const a of [blocker.id, gone.id, 'a_999999'])
      assert.equal(await asker.refusal('getAccount', { params: { a } }), '404 not_found')
    await blocker.ok('unblock', { params: { a: asker.id } })
    assert.deepEqual(idsOf(await asker.ok('searchAccounts', { query: { search: word } })), [blocker.id])
    assert.equal((await asker.ok('getAccount', { params: { a: blocker.id } })).username, `${word}-blocker`)
    // A guest is seen where it speaks.
    assert.equal((await asker.ok('getAccount', { params: { a: `a_${accountId}` } })).isGuest, true)
  })

  it('refuses a search that is too short, an id of another kind, and a cursor of another list', async () => {
    const [asker] = await NativeHttp.people(url, 'asker')
    const short = await asker.problem('searchAccounts', { query: { search: 'x' } })
    assert.deepEqual([short.status, short.errors?.[0]?.pointer], [400, '?search'])
    assert.equal((await asker.raw('GET', '/v1/accounts')).status, 400)
    const other = await asker.problem('getAccount', { params: { a: 'c_5' } })
    assert.deepEqual([other.status, other.errors?.[0]?.pointer], [400, '{a}'])
    for (const cursor of ['nonsense', Buffer.from('[1,2]').toString('base64url')]) {
      const refused = await asker.problem('searchAccounts', { query: { search: 'xx', cursor } })
      assert.deepEqual([refused.status, refused.errors?.[0]?.pointer], [400, '?cursor'])
    }
    const typo = await asker.raw('GET', '/v1/accounts?serach=xx&search=xx')
    assert.equal(typo.status, 400)
  })
})

describe('contacts', () => {
  it('are made and ended for both, as often as one asks', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    for (const _ of [1, 2]) {
      const contact = await ann.ok('addContact', { params: { a: bob.id } })
      assert.equal(contact.id, bob.id)
    }
    assert.deepEqual(idsOf(await bob.ok('listContacts')), [ann.id])
    for (const _ of [1, 2]) await bob.ok('removeContact', { params: { a: ann.id } })
    assert.deepEqual(idsOf(await ann.ok('listContacts')), [])
  })

  it('come in pages', async () => {
    const [ann, ...others] = await NativeHttp.people(url, 'ann', 'bob', 'cy', 'dan')
    for (const { id } of others) await ann.ok('addContact', { params: { a: id } })
    const first = await ann.ok('listContacts', { query: { limit: 2 } })
    const second = await ann.ok('listContacts', { query: { limit: 2, cursor: first.next ?? '' } })
    assert.deepEqual(new Set([...idsOf(first), ...idsOf(second)]), new Set(others.map(({ id }) => id)))
    assert.deepEqual([first.items.length, second.next], [2, null])
  })

  it('are never guests, oneself, those who have blocked the asker, or nobody', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    await blocks(bob, ann)
    assert.equal(await ann.refusal('addContact', { params: { a: ann.id } }), '400 with_yourself')
    for (const a of [await guest(), bob.id, 'a_999999'])
      assert.equal(await ann.refusal('addContact', { params: { a } }), '404 not_found')
    assert.deepEqual(idsOf(await ann.ok('listContacts')), [])
  })

  it('who block the asker are in the list no longer', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    await ann.ok('addContact', { params: { a: bob.id } })
    await blocks(bob, ann)
    assert.deepEqual(idsOf(await ann.ok('listContacts')), [])
    assert.deepEqual(idsOf(await bob.ok('listContacts')), [ann.id])
    assert.equal(await ann.refusal('addContact', { params: { a: bob.id } }), '404 not_found')
  })
})

describe('blocks', () => {
  it('are put, listed in pages and lifted, as often as one asks', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    for (const other of [bob, bob, cy]) assert.equal((await blocks(ann, other)).id, other.id)
    const first = await ann.ok('listBlocks', { query: { limit: 1 } })
    const second = await ann.ok('listBlocks', { query: { limit: 1, cursor: first.next ?? '' } })
    assert.deepEqual(new Set([...idsOf(first), ...idsOf(second)]), new Set([bob.id, cy.id]))
    for (const _ of [1, 2]) await ann.ok('unblock', { params: { a: bob.id } })
    assert.deepEqual(idsOf(await ann.ok('listBlocks')), [cy.id])
    assert.deepEqual(idsOf(await bob.ok('listBlocks')), [])
  })

  it('can be put against one who has blocked first, but not against oneself or nobody', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    await blocks(ann, bob)
    assert.deepEqual(Object.keys(await blocks(bob, ann)).sort(), ['displayName', 'id', 'username'])
    assert.equal(await ann.refusal('block', { params: { a: ann.id } }), '400 with_yourself')
    assert.equal(await ann.refusal('block', { params: { a: 'a_999999' } }), '404 not_found')
  })

  it('keep the blocked one from every way to the blocker', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const chat = await bob.private(ann)
    const sent = await bob.send(chat, 'before')
    const group = await bob.group()
    await blocks(ann, bob)
    const { refusal } = { refusal: bob.refusal.bind(bob) }
    const place = { c: chat.id, seq: sent.seq }
    assert.equal(await refusal('getAccount', { params: { a: ann.id } }), '404 not_found')
    assert.equal(
      await refusal('putMember', { params: { c: group.id, a: ann.id }, body: {} }),
      '404 not_found',
    )
    assert.equal(
      await refusal('sendMessage', { params: { c: chat.id }, body: { clientId: 'x', body: 'hi' } }),
      '403 message_refused',
    )
    assert.equal(await refusal('editMessage', { params: place, body: { body: 'hi' } }), '403 message_refused')
    assert.equal(await refusal('putReaction', { params: { ...place, key: '👍' } }), '403 message_refused')
    assert.equal(await refusal('pinMessage', { params: place }), '403 message_refused')
    // Groups in common go on.
    const common = await ann.group(bob)
    await bob.send(common, 'still here')
  })
})
