import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Listing, Message } from '@parlance/protocol'
import { NativeHttp, unique } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { target } from '../support/server.ts'

// A client that got no answer sends the same again, with the same client id, however late.

const { url, close } = await target()
after(() => close())

interface Send {
  readonly clientId: string
  readonly body: string
}

const attempt = async (who: NativeHttp, { id: c }: Listing, body: Send) => {
  const { status, headers, body: answer } = await who.attempt('sendMessage', { params: { c }, body })
  return { status, etag: headers.get('etag'), location: headers.get('location'), answer: answer as Message }
}

const newSend = (): Send => ({ clientId: unique('mine'), body: 'hello' })

describe('a send that is repeated', () => {
  it('answers the first message as it is now: also when it was edited, then deleted', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group(bob)
    const send = newSend()
    const first = await attempt(ann, group, send)
    const { id, seq, version } = first.answer
    const place = `/v1/conversations/${group.id}/messages/${seq}`
    assert.deepEqual([first.status, first.etag, first.location], [201, `"${version}"`, place])
    const params = { c: group.id, seq }
    const now = async () => {
      const { status, etag, answer } = await attempt(ann, group, send)
      assert.deepEqual([status, etag, answer.id], [200, `"${answer.version}"`, id])
      assert.deepEqual(answer, await ann.ok('getMessage', { params }))
      return answer
    }
    assert.deepEqual(await now(), first.answer)
    await ann.ok('editMessage', { params, body: { body: 'edited' } })
    assert.equal((await now()).body, 'edited')
    await ann.ok('deleteMessage', { params })
    assert.notEqual((await now()).deletedAt, null)
    assert.equal((await attempt(bob, group, send)).status, 201, 'of another sender it is another message')
    assert.equal((await ann.ok('listMessages', { params: { c: group.id } })).head, 2)
  })

  it('is refused in another conversation', async () => {
    const ann = await NativeHttp.register(url, unique('ann'))
    const [group, other] = [await ann.group(), await ann.group()]
    const send = newSend()
    await attempt(ann, group, send)
    const { status, answer } = await attempt(ann, other, send)
    assert.partialDeepStrictEqual({ status, answer }, { status: 409, answer: { code: 'client_id_reused' } })
  })

  it('answers the first message also to a sender who may not send there any more', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const [group, chat] = [await ann.group(bob), await ann.private(bob)]
    const send = newSend()
    const mute = () => ann.ok('putMember', { params: { c: group.id, a: bob.id }, body: { role: 'reader' } })
    const block = () => ann.ok('block', { params: { a: bob.id } })
    for (const [place, silence] of [
      [group, mute],
      [chat, block],
    ] as const) {
      const mine = { ...send, clientId: unique('mine') }
      const socket = await NativeSocket.live(url, bob.token ?? '')
      const first = await attempt(bob, place, mine)
      const { seq, version } = first.answer
      await silence()
      assert.deepEqual((await attempt(bob, place, mine)).answer, first.answer)
      assert.deepEqual(await socket.ok('message.send', { conversation: place.id, ...mine }), { seq, version })
      const { status, answer } = await attempt(bob, place, newSend())
      assert.partialDeepStrictEqual({ status, answer }, { status: 403, answer: { code: 'message_refused' } })
      const { error } = await socket.ask('message.send', { conversation: place.id, ...newSend() })
      assert.equal(error?.code, 'message_refused')
      await socket.close()
    }
  })
})
