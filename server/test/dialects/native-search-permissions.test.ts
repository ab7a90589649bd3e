import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Listing } from '@parlance/protocol'
import type { ConversationKind, Role } from '../../src/core/chat.ts'
import { may, ROLES } from '../../src/core/policy.ts'
import { toConversationId } from '../../src/core/types.ts'
import { present } from '../store/world.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { foundInAll, indexed } from './native-search-index.ts'

// A search finds what its asker may read, and nothing else: every cell of the table of rights, and everybody who has no
// role there, or has one no more.

const KINDS: Readonly<Record<ConversationKind, readonly Role[]>> = {
  private: ['member'],
  group: ROLES,
  open: ROLES,
}
const CELLS = Object.entries(KINDS).flatMap(([kind, roles]) =>
  roles.map((role) => ({ kind: kind as ConversationKind, role })),
)
/** A word of all messages of a cell, and of no other. */
const wordOf = (kind: ConversationKind, role: Role) => `needle${kind}${role}`

let server: TestServer
let people: Readonly<Record<Role | 'stranger', NativeHttp>>
let places: ReadonlyMap<string, Listing>
before(async () => {
  server = await startParlance()
  const names = [...ROLES, 'stranger'] as const
  const made = await Promise.all(names.map((name) => NativeHttp.register(server.url, unique(name))))
  people = Object.fromEntries(names.map((name, at) => [name, present(made[at])])) as typeof people
  const opened = CELLS.map(async ({ kind, role }) => [wordOf(kind, role), await placeOf(kind, role)] as const)
  places = new Map(await Promise.all(opened))
  await indexed(people.owner)
})
after(() => server.close())

const openedBy = (who: NativeHttp, kind: ConversationKind, other: NativeHttp): Promise<Listing> =>
  ({
    private: () => who.private(other),
    group: () => who.group(),
    open: () => who.open(unique('plaza'), { listed: false }),
  })[kind]()

/** One in which the owner and the member of that role have said the cell's word. */
async function placeOf(kind: ConversationKind, role: Role): Promise<Listing> {
  const { owner, [role]: actor } = people
  const listing = await openedBy(owner, kind, actor)
  const give = (given: Role) =>
    owner.ok('putMember', { params: { c: listing.id, a: actor.id }, body: { role: given } })
  const isOther = kind !== 'private' && role !== 'owner'
  if (isOther) await give('member')
  await actor.send(listing, `${wordOf(kind, role)}, mine`)
  await owner.send(listing, `${wordOf(kind, role)}, theirs`)
  if (isOther) await give(role)
  return listing
}

/** The messages that somebody finds, newest first, without and with the conversation named. */
async function foundBy(who: NativeHttp, word: string, { id: conversation }: Listing) {
  const there = await who.attempt('searchMessages', { query: { q: word, conversation } })
  const { items } = there.body as {
    readonly items?: readonly { readonly message: { readonly body: string } }[]
  }
  return {
    everywhere: await foundInAll(who, word),
    there: items?.map(({ message }) => message.body) ?? there.status,
  }
}

for (const { kind, role } of CELLS)
  describe(`a search in a conversation that is ${kind}`, () => {
    const word = wordOf(kind, role)
    const both = [`${word}, theirs`, `${word}, mine`]

    test(`${may('read', role, kind) ? 'finds' : 'does not find'} its messages for its ${role}`, async () => {
      const found = await foundBy(people[role], word, present(places.get(word)))
      const expected = may('read', role, kind) ? both : []
      assert.deepEqual(found, { everywhere: expected, there: expected })
    })

    test(`finds nothing of what its ${role} reads for anybody else, and the conversation is not there`, async () => {
      const place = present(places.get(word))
      for (const [name, who] of Object.entries(people))
        if (name !== role && name !== 'owner')
          assert.deepEqual(await foundBy(who, word, place), { everywhere: [], there: 404 }, name)
    })
  })

/** Two people, a conversation of that kind in which both have said a word, and that word. */
async function talk(kind: ConversationKind, facts: { readonly listed?: boolean } = {}) {
  const [ann, bob] = await NativeHttp.people(server.url, 'ann', 'bob')
  const word = unique('straw').replace('-', 'x')
  const place = kind === 'open' ? await ann.open(unique('plaza'), facts) : await openedBy(ann, kind, bob)
  const params = { c: place.id, a: bob.id }
  if (kind !== 'private') await ann.ok('putMember', { params, body: {} })
  await bob.send(place, `${word} of bob`)
  await ann.send(place, `${word} of ann`)
  await indexed(ann)
  const all = [`${word} of ann`, `${word} of bob`]
  assert.deepEqual(await foundBy(bob, word, place), { everywhere: all, there: all })
  return { ann, bob, place, params, word, all }
}

describe('a search', () => {
  for (const kind of ['group', 'open'] as const) {
    test(`finds nothing of a conversation that is ${kind} for one who has left, and all again after the return`, async () => {
      const { ann, bob, place, params, word, all } = await talk(kind, { listed: false })
      await bob.ok('removeMember', { params })
      assert.deepEqual(await foundBy(bob, word, place), { everywhere: [], there: 404 })
      assert.deepEqual(await foundBy(ann, word, place), { everywhere: all, there: all })
      await ann.ok('putMember', { params, body: {} })
      assert.deepEqual(await foundBy(bob, word, place), { everywhere: all, there: all })
    })

    test(`finds nothing of a conversation that is ${kind} for one who was removed`, async () => {
      const { ann, bob, place, params, word } = await talk(kind)
      await ann.ok('removeMember', { params })
      assert.deepEqual(await foundBy(bob, word, place), { everywhere: [], there: 404 })
    })
  }

  test('finds nothing of a listed conversation for one who has not entered it', async () => {
    const { place, word } = await talk('open')
    assert.deepEqual(await foundBy(people.stranger, word, place), { everywhere: [], there: 403 })
  })

  test('finds nothing of the part of a history that was purged', async () => {
    const { ann, bob, place, word } = await talk('group')
    const { items } = await ann.ok('listMessages', { params: { c: place.id } })
    const { sentAt } = present(items.at(-1))
    const micros = Date.parse(sentAt) * 1_000 + Number(sentAt.slice(-4, -1))
    const { retention } = server.chat
    await retention.purge(toConversationId(Number(place.id.slice(2))), micros)
    const rest = [`${word} of ann`]
    for (const who of [ann, bob])
      assert.deepEqual(await foundBy(who, word, place), { everywhere: rest, there: rest })
  })

  test('goes on in conversations in common between one who blocks and the one who is blocked', async () => {
    for (const kind of ['private', 'group'] as const) {
      const { ann, bob, place, word, all } = await talk(kind)
      await ann.ok('block', { params: { a: bob.id } })
      for (const who of [ann, bob])
        assert.deepEqual(await foundBy(who, word, place), { everywhere: all, there: all }, kind)
    }
  })

  test('finds nothing for a session that has ended', async () => {
    const { bob, word } = await talk('group')
    const { items } = await bob.ok('listSessions')
    await bob.ok('endSession', { params: { s: present(items[0]).id } })
    assert.equal(await bob.refusal('searchMessages', { query: { q: word } }), '401 not_authorized')
  })
})
