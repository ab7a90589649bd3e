import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import type { Problem } from '@parlance/protocol'
import { NativeHttp } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

type Place = { readonly c: string; readonly seq: number }

/** Two members, and a message of the first. */
async function talk() {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const group = await ann.group(bob)
  const { seq } = await ann.send(group, 'hello')
  return { ann, bob, group, place: { c: group.id, seq } }
}

const react = (asker: NativeHttp, place: Place, key: string) =>
  asker.ok('putReaction', { params: { ...place, key } })

const bearer = ({ token }: NativeHttp) => ({ authorization: `Bearer ${token}` })

const unreact = (asker: NativeHttp, place: Place, key: string) =>
  asker.ok('removeReaction', { params: { ...place, key } })

describe('reactions', () => {
  for (const key of ['.', '..'])
    it(`${key} is refused over REST and over the socket, since a path cannot end with it`, async () => {
      const { bob, place } = await talk()
      const path = `/v1/conversations/${place.c}/messages/${place.seq}/reactions/`
      for (const method of ['PUT', 'DELETE'])
        for (const written of [key, key.replaceAll('.', '%2E'), key.replaceAll('.', '%2e')]) {
          // As it is written; a URL would lose it.
          const asked = request(url, { method, path: path + written, headers: bearer(bob) }).end()
          const [response]: IncomingMessage[] = await once(asked, 'response')
          const problem = (await json(response ?? assert.fail())) as Problem
          assert.deepEqual([response?.statusCode, problem.code], [400, 'invalid_request'], written)
          assert.deepEqual(
            problem.errors?.map(({ pointer }) => pointer),
            ['{key}'],
          )
        }
      const socket = await NativeSocket.live(url, bob.token ?? '')
      const { c: conversation, seq } = place
      for (const op of ['reaction.put', 'reaction.remove']) {
        const { error } = await socket.ask(op, { conversation, seq, key })
        assert.deepEqual([error?.code, error?.errors?.[0]?.pointer], ['invalid_request', '#/key'])
      }
      await socket.close()
      // Where the client takes it out, nothing is there, and nothing has happened.
      const answer = await fetch(new URL(path + encodeURIComponent(key), url), {
        method: 'PUT',
        headers: bearer(bob),
      })
      assert.ok([400, 404, 405].includes(answer.status), String(answer.status))
      await answer.text()
      assert.deepEqual((await bob.ok('getMessage', { params: place })).reactions, [])
      await react(bob, place, '...')
    })

  it('are put and taken back, as often as one asks', async () => {
    const { ann, bob, place } = await talk()
    const first = await react(bob, place, '👍')
    assert.deepEqual(first.reactions, [{ key: '👍', count: 1, last: [bob.id] }])
    assert.equal((await react(bob, place, '👍')).version, first.version)
    const second = await react(ann, place, '👍')
    assert.deepEqual(second.reactions, [{ key: '👍', count: 2, last: [bob.id, ann.id] }])
    const message = await ann.ok('getMessage', { params: place })
    assert.deepEqual([message.version, message.reactions], [second.version, second.reactions])
    for (const _ of [1, 2]) await unreact(bob, place, '👍')
    const left = await ann.ok('getMessage', { params: place })
    assert.deepEqual(left.reactions, [{ key: '👍', count: 1, last: [ann.id] }])
  })

  it('are told as one’s own beside pages, and not in the messages', async () => {
    const { ann, bob, place } = await talk()
    await react(bob, place, '🎉')
    const own = async (asker: NativeHttp) => (await asker.ok('listMessages', { params: { c: place.c } })).own
    assert.deepEqual(await own(bob), { [place.seq]: ['🎉'] })
    assert.deepEqual(await own(ann), {})
  })

  it('have keys of any signs, up to 64 bytes', async () => {
    const { bob, place } = await talk()
    const keys = ['a/b?c#d%', ' ', '👩‍👩‍👧‍👦', 'x'.repeat(64), '日'.repeat(21), '+1']
    for (const key of keys) await react(bob, place, key)
    const { reactions } = await bob.ok('getMessage', { params: place })
    assert.deepEqual(
      reactions.map(({ key }) => key),
      keys,
    )
    for (const key of ['x'.repeat(65), '日'.repeat(22), 'a\0b']) {
      const problem = await bob.problem('putReaction', { params: { ...place, key } })
      assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [400, '{key}'])
    }
  })

  it('are of at most 20 keys a message', async () => {
    const { bob, place } = await talk()
    for (let n = 0; n < 20; n++) await react(bob, place, `key-${n}`)
    assert.equal(await bob.refusal('putReaction', { params: { ...place, key: 'more' } }), '409 conflict')
  })

  it('are for members, of messages that are there', async () => {
    const { ann, place } = await talk()
    const [cy] = await NativeHttp.people(url, 'cy')
    const key = '👍'
    assert.equal(await cy.refusal('putReaction', { params: { ...place, key } }), '404 not_a_member')
    const nowhere = { ...place, seq: 99 }
    assert.equal(await ann.refusal('putReaction', { params: { ...nowhere, key } }), '404 not_found')
    assert.equal(await ann.refusal('removeReaction', { params: { ...nowhere, key } }), '404 not_found')
    await react(ann, place, key)
    await ann.ok('deleteMessage', { params: place })
    assert.equal(await ann.refusal('putReaction', { params: { ...place, key } }), '404 not_found')
    // A tombstone has none any more.
    await unreact(ann, place, key)
  })
})

describe('pins', () => {
  it('are put and taken back, as often as one asks', async () => {
    const { ann, bob, group, place } = await talk()
    const pinned = await ann.ok('pinMessage', { params: place })
    assert.ok(pinned.pinnedAt)
    assert.deepEqual(await ann.ok('pinMessage', { params: place }), pinned)
    const { items } = await bob.ok('listPins', { params: { c: group.id } })
    assert.deepEqual(items, [pinned])
    for (const _ of [1, 2]) await ann.ok('unpinMessage', { params: place })
    assert.equal((await ann.ok('getMessage', { params: place })).pinnedAt, null)
    assert.deepEqual((await bob.ok('listPins', { params: { c: group.id } })).items, [])
  })

  it('are listed with the newest first, in pages, with one’s own reactions', async () => {
    const { ann, bob, group } = await talk()
    for (const text of ['two', 'three']) await ann.send(group, text)
    for (const seq of [2, 1, 3]) await ann.ok('pinMessage', { params: { c: group.id, seq } })
    await react(bob, { c: group.id, seq: 1 }, '👍')
    const params = { c: group.id }
    const first = await bob.ok('listPins', { params, query: { limit: 2 } })
    const second = await bob.ok('listPins', { params, query: { limit: 2, cursor: first.next ?? '' } })
    assert.deepEqual(
      [...first.items, ...second.items].map(({ seq }) => seq),
      [3, 1, 2],
    )
    assert.deepEqual([first.own, second.own, second.next], [{ '1': ['👍'] }, {}, null])
  })

  it('are for admins and above, and for both in a private conversation', async () => {
    const { ann, bob, place } = await talk()
    for (const operation of ['pinMessage', 'unpinMessage'] as const)
      assert.equal(await bob.refusal(operation, { params: place }), '403 forbidden')
    const chat = await ann.private(bob)
    const { seq } = await ann.send(chat, 'psst')
    assert.ok((await bob.ok('pinMessage', { params: { c: chat.id, seq } })).pinnedAt)
  })

  it('are of messages that are there: a deleted one is pinned no longer', async () => {
    const { ann, bob, place } = await talk()
    await ann.ok('pinMessage', { params: place })
    await ann.ok('deleteMessage', { params: place })
    assert.deepEqual((await bob.ok('listPins', { params: { c: place.c } })).items, [])
    assert.equal(await ann.refusal('pinMessage', { params: place }), '404 not_found')
    await ann.ok('unpinMessage', { params: place })
    for (const operation of ['pinMessage', 'unpinMessage'] as const)
      assert.equal(await ann.refusal(operation, { params: { ...place, seq: 99 } }), '404 not_found')
    const [cy] = await NativeHttp.people(url, 'cy')
    assert.equal(await cy.refusal('listPins', { params: { c: place.c } }), '404 not_a_member')
  })
})
