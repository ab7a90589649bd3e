import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Member } from '@parlance/protocol'
import { NativeHttp, unique } from '../support/native-http.ts'
import { target } from '../support/server.ts'

const { url, own, close } = await target()
after(() => close())

type Place = { readonly id: string }

const put = (asker: NativeHttp, { id: c }: Place, { id: a }: Place, body: { role?: Member['role'] } = {}) =>
  asker.ok('putMember', { params: { c, a }, body })

const putRefused = (
  asker: NativeHttp,
  { id: c }: Place,
  { id: a }: Place,
  body: { role?: Member['role'] } = {},
) => asker.refusal('putMember', { params: { c, a }, body })

const remove = (asker: NativeHttp, { id: c }: Place, { id: a }: Place) =>
  asker.ok('removeMember', { params: { c, a } })

const removeRefused = (asker: NativeHttp, { id: c }: Place, { id: a }: Place) =>
  asker.refusal('removeMember', { params: { c, a } })

const enter = (asker: NativeHttp, { name }: { readonly name: string | null }) =>
  asker.ok('enterConversation', { body: { name: name ?? '' } })

async function rolesIn(asker: NativeHttp, { id: c }: Place): Promise<Readonly<Record<string, string>>> {
  const { items } = await asker.ok('listMembers', { params: { c } })
  return Object.fromEntries(items.map(({ account, role }) => [account.id, role]))
}

describe('members', () => {
  it('are listed in pages, with their names and roles', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob, cy)
    const params = { c: group.id }
    const first = await bob.ok('listMembers', { params, query: { limit: 2 } })
    const second = await bob.ok('listMembers', { params, query: { limit: 2, cursor: first.next ?? '' } })
    const all = [...first.items, ...second.items]
    assert.deepEqual(new Set(all.map(({ account }) => account.id)), new Set([ann.id, bob.id, cy.id]))
    assert.deepEqual([first.items.length, second.next], [2, null])
    assert.equal(all.find(({ account }) => account.id === ann.id)?.role, 'owner')
  })

  it('are not listed for strangers', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group()
    const open = await ann.open()
    const hidden = await ann.open(unique('hidden'), { listed: false })
    const refusal = (c: string) => bob.refusal('listMembers', { params: { c } })
    assert.equal(await refusal(group.id), '404 not_a_member')
    assert.equal(await refusal(hidden.id), '404 not_a_member')
    assert.equal(await refusal('c_999999'), '404 not_a_member')
    assert.equal(await refusal(open.id), '403 not_a_member')
    assert.equal(await refusal('a_1'), '400 invalid_request')
  })

  it('are added by putting them, with a role or without, as often as one asks', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group()
    for (const _ of [1, 2]) assert.equal((await put(ann, group, bob)).role, 'member')
    assert.equal((await put(bob, group, cy)).account.id, cy.id)
    assert.equal((await put(ann, group, cy, { role: 'moderator' })).role, 'moderator')
    assert.equal((await put(ann, group, cy)).role, 'moderator')
    // Without a body, as some clients put.
    const bare = await ann.raw('PUT', `/v1/conversations/${group.id}/members/${bob.id}`)
    assert.equal(bare.status, 200)
    assert.deepEqual(await rolesIn(ann, group), {
      ...{ [ann.id]: 'owner', [bob.id]: 'member', [cy.id]: 'moderator' },
    })
  })

  it('are not made by half, where the role is more than one may give', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob)
    assert.equal(await putRefused(bob, group, cy, { role: 'reader' }), '403 forbidden')
    assert.deepEqual(await rolesIn(ann, group), { [ann.id]: 'owner', [bob.id]: 'member' })
  })

  it('get other roles, and the owner hands over', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob, cy)
    assert.equal((await put(ann, group, bob, { role: 'admin' })).role, 'admin')
    assert.equal((await put(bob, group, cy, { role: 'reader' })).role, 'reader')
    assert.equal(await putRefused(bob, group, cy, { role: 'admin' }), '403 forbidden')
    assert.equal(await putRefused(cy, group, bob, { role: 'member' }), '403 forbidden')
    assert.equal((await put(ann, group, bob, { role: 'owner' })).role, 'owner')
    assert.deepEqual(await rolesIn(ann, group), {
      ...{ [ann.id]: 'admin', [bob.id]: 'owner', [cy.id]: 'reader' },
    })
  })

  it('are never those who do not exist, who have blocked the asker, and guests where it is not open', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group()
    await bob.ok('block', { params: { a: ann.id } })
    assert.ok(own)
    const guest = { id: `a_${(await own.chat.accounts.admitGuest(unique('nick'))).accountId}` }
    for (const other of [bob, guest, { id: 'a_999999' }])
      assert.equal(await putRefused(ann, group, other), '404 not_found')
    const open = await ann.open()
    const { account } = await put(ann, open, guest)
    assert.equal(account.id, guest.id)
    assert.equal(await putRefused(ann, open, guest, { role: 'moderator' }), '403 forbidden')
  })

  it('are the two that they are, in a private conversation', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const chat = await ann.private(bob)
    assert.equal(await putRefused(ann, chat, cy), '403 forbidden')
    assert.equal(await putRefused(ann, chat, ann), '403 forbidden')
    assert.equal(await removeRefused(ann, chat, ann), '403 forbidden')
    assert.equal(await removeRefused(ann, chat, bob), '403 forbidden')
    assert.equal(await putRefused(cy, chat, cy), '404 not_found')
  })
})

describe('oneself', () => {
  it('joins a listed open conversation, and stays a member', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open()
    for (const _ of [1, 2]) assert.equal((await put(bob, open, bob)).role, 'member')
    assert.equal((await put(ann, open, ann)).role, 'owner')
    assert.equal(await putRefused(bob, open, bob, { role: 'admin' }), '403 forbidden')
  })

  it('does not join where another role is asked for than a newcomer gets', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open(unique('Square'))
    assert.equal(await putRefused(bob, open, bob, { role: 'admin' }), '403 not_a_member')
    assert.deepEqual(await rolesIn(ann, open), { [ann.id]: 'owner' })
    assert.equal((await put(bob, open, bob, { role: 'member' })).role, 'member')
    assert.equal(await putRefused(bob, open, bob, { role: 'admin' }), '403 forbidden')
  })

  it('joins nothing else: what is not listed is entered by its name or gid', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const hidden = await ann.open(unique('hidden'), { listed: false })
    const group = await ann.group()
    for (const place of [hidden, group, { id: 'c_999999' }])
      assert.equal(await putRefused(bob, place, bob), '404 not_found')
    assert.equal((await enter(bob, hidden)).id, hidden.id)
  })

  it('leaves, as often as one asks, and the role of the owner goes on', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group(bob)
    for (const _ of [1, 2]) await remove(ann, group, ann)
    assert.deepEqual(await rolesIn(bob, group), { [bob.id]: 'owner' })
    assert.equal(await ann.refusal('getConversation', { params: { c: group.id } }), '404 not_a_member')
  })
})

describe('removing', () => {
  it('is for moderators, of roles below their own, as often as they ask', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob, cy)
    assert.equal(await removeRefused(bob, group, cy), '403 forbidden')
    await put(ann, group, bob, { role: 'moderator' })
    assert.equal(await removeRefused(bob, group, ann), '403 forbidden')
    for (const _ of [1, 2]) await remove(bob, group, cy)
    assert.deepEqual(Object.keys(await rolesIn(bob, group)).length, 2)
    assert.equal(await removeRefused(cy, group, bob), '404 not_a_member')
    await put(ann, group, bob, { role: 'member' })
    assert.equal(await removeRefused(bob, group, cy), '403 forbidden')
  })

  it('bans from an open conversation, which then answers as an absent one, until the ban is lifted', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open()
    await put(bob, open, bob)
    await remove(ann, open, bob)
    assert.equal(await putRefused(bob, open, bob), '404 not_found')
    const body = { name: open.name ?? '' }
    assert.equal(await bob.refusal('enterConversation', { body }), '404 not_found')
    const params = { c: open.id, a: bob.id }
    assert.equal(await bob.refusal('liftBan', { params }), '404 not_a_member')
    for (const _ of [1, 2]) await ann.ok('liftBan', { params })
    assert.equal((await put(bob, open, bob)).role, 'member')
  })

  it('is undone by a moderator who adds, and not by a member', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const open = await ann.open()
    for (const each of [bob, cy]) await put(each, open, each)
    await remove(ann, open, bob)
    assert.equal(await putRefused(cy, open, bob), '403 forbidden')
    assert.equal((await put(ann, open, bob)).role, 'member')
  })

  it('of bans is for moderators of open conversations', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open()
    const group = await ann.group(bob)
    await put(bob, open, bob)
    const lift = (asker: NativeHttp, { id: c }: Place) =>
      asker.refusal('liftBan', { params: { c, a: ann.id } })
    assert.equal(await lift(bob, open), '403 forbidden')
    assert.equal(await lift(ann, group), '403 forbidden')
  })
})
