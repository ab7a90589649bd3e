import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { NativeHttp } from '../support/native-http.ts'
import { target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

const DAY = 24 * 3600

type Place = { readonly id: string }

const invite = (asker: NativeHttp, { id: c }: Place, body: { expiresIn?: number; maxUses?: number } = {}) =>
  asker.ok('createInvite', { params: { c }, body })

const join = (asker: NativeHttp, code: string) => asker.ok('joinByInvite', { params: { code } })

const joinRefused = (asker: NativeHttp, code: string) => asker.refusal('joinByInvite', { params: { code } })

const lifeOf = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string }) =>
  Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / 1000)

describe('invites', () => {
  it('are for a week and 100 uses unless said, and their code is told once', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const group = await ann.group()
    const { status, headers, body } = await ann.done('createInvite', { params: { c: group.id }, body: {} })
    const { code, ...made } = body as Awaited<ReturnType<typeof invite>>
    assert.equal(status, 201)
    assert.equal(headers.get('location'), `/v1/conversations/${group.id}/invites/${made.id}`)
    assert.deepEqual([lifeOf(made), made.maxUses, made.uses, made.maker], [7 * DAY, 100, 0, ann.id])
    assert.match(code, /^[\w-]{22,}$/)
    const listed = await ann.ok('listInvites', { params: { c: group.id } })
    assert.deepEqual(listed, { items: [made], next: null })
  })

  it('have the life and uses that are asked for, between bounds', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const group = await ann.group()
    for (const [expiresIn, maxUses] of [
      [60, 1],
      [365 * DAY, 10_000],
    ] as const) {
      const made = await invite(ann, group, { expiresIn, maxUses })
      assert.deepEqual([lifeOf(made), made.maxUses], [expiresIn, maxUses])
    }
    const pointers = async (body: object) => {
      const problem = await ann.problem('createInvite', { params: { c: group.id }, body })
      return problem.errors?.map(({ pointer }) => pointer)
    }
    assert.deepEqual(await pointers({ expiresIn: 59, maxUses: 0 }), ['#/expiresIn', '#/maxUses'])
    assert.deepEqual(await pointers({ expiresIn: 365 * DAY + 1, maxUses: 10_001 }), [
      ...['#/expiresIn', '#/maxUses'],
    ])
    assert.deepEqual(await pointers({ uses: 5 }), ['#/uses'])
  })

  it('make members, of groups and of open conversations that are not listed', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    for (const place of [await ann.group(), await ann.open(undefined, { listed: false })]) {
      const { code } = await invite(ann, place)
      const listing = await join(bob, code)
      assert.deepEqual([listing.id, listing.me.role], [place.id, 'member'])
      const { items } = await ann.ok('listInvites', { params: { c: place.id } })
      assert.equal(items[0]?.uses, 1)
      // A member stays one, and uses nothing up.
      assert.equal((await join(bob, code)).id, place.id)
      assert.equal((await ann.ok('listInvites', { params: { c: place.id } })).items[0]?.uses, 1)
    }
  })

  it('answer like unknown ones when they are used up, revoked, or their maker may not invite any more', async () => {
    const [ann, bob, cy, dan] = await NativeHttp.people(url, 'ann', 'bob', 'cy', 'dan')
    const group = await ann.group(bob)
    const once = await invite(ann, group, { maxUses: 1 })
    await join(cy, once.code)
    const revoked = await invite(ann, group)
    const params = { c: group.id, i: revoked.id }
    for (const _ of [1, 2]) await ann.ok('revokeInvite', { params })
    await ann.ok('putMember', { params: { c: group.id, a: bob.id }, body: { role: 'admin' } })
    const { code: bobs } = await invite(bob, group)
    await ann.ok('putMember', { params: { c: group.id, a: bob.id }, body: { role: 'member' } })
    for (const code of [once.code, revoked.code, bobs, 'no-such-code', 'x'.repeat(100)])
      assert.equal(await joinRefused(dan, code), '404 not_found')
    assert.equal(await joinRefused(dan, 'x'.repeat(101)), '400 invalid_request')
  })

  it('answer like unknown ones to the banned', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open()
    const { code } = await invite(ann, open)
    await join(bob, code)
    await ann.ok('removeMember', { params: { c: open.id, a: bob.id } })
    assert.equal(await joinRefused(bob, code), '404 not_found')
  })

  it('are made, listed and revoked by admins and above alone, and not in private conversations', async () => {
    const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
    const group = await ann.group(bob)
    const { id: i } = await invite(ann, group)
    const refusals = async (asker: NativeHttp, { id: c }: Place) => [
      await asker.refusal('createInvite', { params: { c }, body: {} }),
      await asker.refusal('listInvites', { params: { c } }),
      await asker.refusal('revokeInvite', { params: { c, i } }),
    ]
    const three = (refusal: string) => [refusal, refusal, refusal]
    assert.deepEqual(await refusals(bob, group), three('403 forbidden'))
    assert.deepEqual(await refusals(cy, group), three('404 not_a_member'))
    assert.deepEqual(await refusals(ann, await ann.private(bob)), three('403 forbidden'))
  })

  it('are listed in pages', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const group = await ann.group()
    const made = [await invite(ann, group), await invite(ann, group), await invite(ann, group)]
    const params = { c: group.id }
    const first = await ann.ok('listInvites', { params, query: { limit: 2 } })
    const second = await ann.ok('listInvites', { params, query: { limit: 2, cursor: first.next ?? '' } })
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      made.map(({ id }) => id),
    )
    assert.equal(second.next, null)
  })
})
