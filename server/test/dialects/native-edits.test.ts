import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { NativeHttp } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

describe('an edit of the version that its editor has seen', () => {
  it('is refused where the text was changed or deleted since, over REST and over the socket, and nowhere else', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const group = await ann.group(bob)
    const { seq, version: sent } = await ann.send(group, 'one')
    const params = { c: group.id, seq }
    const edit = (version: number, body: string) => ({
      ...{ params, body: { body } },
      headers: { 'if-match': `"${version}"` },
    })
    await bob.ok('putReaction', { params: { ...params, key: '👍' } })
    const { version: edited } = await ann.ok('editMessage', edit(sent, 'two'))
    const socket = await NativeSocket.live(url, ann.token ?? '')
    const refused = async (version: number) => {
      const { error } = await socket.ask('message.edit', {
        ...{ conversation: group.id, seq, body: 'three', ifVersion: version },
      })
      return [await ann.refusal('editMessage', edit(version, 'three')), `${error?.status} ${error?.code}`]
    }
    const failed = ['412 precondition_failed', '412 precondition_failed']
    assert.deepEqual(await refused(sent), failed)
    await ann.ok('deleteMessage', { params })
    const { version: deleted } = await ann.ok('getMessage', { params })
    assert.deepEqual(await refused(edited), failed)
    assert.deepEqual(await refused(deleted), ['404 not_found', '404 not_found'])
    assert.equal(
      await ann.refusal('editMessage', { params, body: { body: 'three' } }),
      '404 not_found',
      'without a version it is only gone',
    )
    assert.equal(await bob.refusal('editMessage', edit(edited, 'theirs')), '404 not_found')
    await socket.close()
  })
})
