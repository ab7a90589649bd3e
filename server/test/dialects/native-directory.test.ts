import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { LIMITS } from '../../src/transport/index.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

const enter = (asker: NativeHttp, name: string) => asker.ok('enterConversation', { body: { name } })
const enterRefused = (asker: NativeHttp, name: string) =>
  asker.refusal('enterConversation', { body: { name } })

describe('the directory', () => {
  it('lists open conversations that are listed, by the beginning of their names, page after page', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const word = unique('Dir')
    for (const end of ['c', 'a', 'b']) await ann.open(`${word} ${end}`, { topic: end })
    await ann.open(`${word} hidden`, { listed: false })
    const query = { search: word.toLowerCase(), limit: 2 }
    const first = await bob.ok('searchDirectory', { query })
    const second = await bob.ok('searchDirectory', { query: { ...query, cursor: first.next ?? '' } })
    const all = [...first.items, ...second.items]
    assert.deepEqual(
      all.map(({ name, topic }) => [name, topic]),
      ['a', 'b', 'c'].map((end) => [`${word} ${end}`, end]),
    )
    assert.equal(second.next, null)
    const everything = await bob.ok('searchDirectory', { query: { limit: 200 } })
    assert.ok(everything.items.length >= 3)
  })

  it('shows strangers nothing of the messages', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const open = await ann.open(unique('Quiet'))
    await ann.send(open, 'for members')
    const { items } = await bob.ok('searchDirectory', { query: { search: open.name ?? '' } })
    assert.equal(items[0]?.id, open.id)
    assert.equal('lastMessage' in items[0] || 'lastSeq' in items[0], false)
    assert.equal(await bob.refusal('listMessages', { params: { c: open.id } }), '403 not_a_member')
  })

  it('lets enter by the exact name or the gid, again and again', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const hidden = await ann.open(unique('Hidden'), { listed: false })
    for (const name of [hidden.name?.toUpperCase() ?? '', hidden.gid]) {
      const listing = await enter(bob, name)
      assert.deepEqual([listing.id, listing.me.role], [hidden.id, 'member'])
    }
  })

  it('answers names of nothing, of groups, and of what one is banned from alike', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group()
    const open = await ann.open()
    await enter(bob, open.gid)
    await ann.ok('removeMember', { params: { c: open.id, a: bob.id } })
    const refused = await Promise.all(
      [unique('nothing'), group.gid, open.gid, open.name ?? ''].map((name) =>
        bob.problem('enterConversation', { body: { name } }),
      ),
    )
    const told = refused.map(({ instance: _, ...problem }) => problem)
    assert.deepEqual(
      told,
      told.map(() => told[0]),
    )
    assert.equal(told[0]?.code, 'not_found')
  })
})

it('a listed conversation is not there for one who is banned, and is for other strangers', async () => {
  const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
  const open = await ann.open(unique('Garden'))
  await ann.open(`${open.name} of another`)
  await ann.send(open, 'hello')
  await enter(bob, open.gid)
  const params = { c: open.id }
  await ann.ok('removeMember', { params: { ...params, a: bob.id } })
  const absent = { c: 'c_999999999' }
  const asked = async (who: NativeHttp, { c }: { readonly c: string }) => [
    await who.refusal('getConversation', { params: { c } }),
    await who.refusal('listMessages', { params: { c } }),
    await who.refusal('listMembers', { params: { c } }),
    await who.refusal('searchMessages', { query: { q: 'hello', conversation: c } }),
    await who.refusal('sendMessage', { params: { c }, body: { clientId: unique('m'), body: 'hello' } }),
  ]
  assert.deepEqual(await asked(bob, params), await asked(bob, absent))
  assert.deepEqual(new Set(await asked(cy, params)), new Set(['403 not_a_member']))
  const join = (c: string) => bob.refusal('putMember', { params: { c, a: bob.id }, body: {} })
  assert.equal(await join(open.id), await join(absent.c))
  await ann.ok('liftBan', { params: { ...params, a: bob.id } })
  assert.deepEqual(new Set(await asked(bob, params)), new Set(['403 not_a_member']))
})

it('a network that guesses names and codes is stopped, and its members still come in', async () => {
  const limited = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
  after(() => limited.close())
  const [ann, bob] = await NativeHttp.people(limited.url, 'ann', 'bob')
  const open = await ann.open()
  const { code } = await ann.ok('createInvite', { params: { c: open.id }, body: {} })
  await enter(bob, open.gid)
  const wrong = async (n: number) =>
    n % 2 === 0 ? enterRefused(bob, `wrong-${n}`) : bob.refusal('joinByInvite', { params: { code: `${n}` } })
  const guesses = []
  for (let n = 0; n < LIMITS.guess.burst + 20; n++) guesses.push(await wrong(n))
  assert.equal(guesses.at(0), '404 not_found')
  assert.equal(guesses.at(-1), '429 rate_limited')
  // A right one would tell as much.
  assert.equal(await bob.refusal('joinByInvite', { params: { code } }), '429 rate_limited')
  assert.equal((await bob.ok('getConversation', { params: { c: open.id } })).id, open.id)
})
