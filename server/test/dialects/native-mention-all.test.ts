import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import type { Message } from '@parlance/protocol'
import { type NativePerson, openNativeWorld } from './native-world.ts'

// More than a hundred members are named at once by one message a minute, whatever one does to name them by others.

const world = await openNativeWorld({ PARLANCE_RATE_LIMITS: 'off' })
const ann = await world.join('ann')
let bob: NativePerson
let others: readonly string[]
before(async () => {
  const people = await Promise.all(Array.from({ length: 100 }, (_, n) => world.join(`m${n}`)))
  bob = people[0] as NativePerson
  others = people.map(({ id }) => id)
})

async function room(members: readonly string[]): Promise<string> {
  const made = { kind: 'group', members }
  const { id } = await world.ask<{ id: string }>(ann, 'POST /v1/conversations', made)
  return id
}

const send = (c: string, body: string, clientId: string = randomUUID()) =>
  world.ask<Message>(ann, `POST /v1/conversations/${c}/messages`, { clientId, body })
const edit = (c: string, seq: number, body: string) =>
  world.ask<Message>(ann, `PATCH /v1/conversations/${c}/messages/${seq}`, { body })
const namesAll = ({ mentions }: Message) => mentions.some((mention) => 'all' in mention)
const badge = async (c: string) =>
  (await world.ask<{ me: { mentions: number } }>(bob, `GET /v1/conversations/${c}`)).me.mentions

describe('everybody of a conversation with more than a hundred members', () => {
  it('is named by one of many messages that are sent at once', async () => {
    const c = await room(others)
    const socket = await world.connect(ann)
    const sent = await Promise.all(
      Array.from({ length: 20 }, () =>
        socket.ok('message.send', { conversation: c, clientId: randomUUID(), body: '@all' }),
      ),
    )
    assert.equal(new Set(sent.map(({ seq }) => seq)).size, 20)
    assert.deepEqual(await Promise.all([send(c, '@all').then(namesAll), badge(c)]), [false, 1])
  })

  it('stays named by a message whose text is mended, and by one that is sent again', async () => {
    const c = await room(others)
    const clientId = randomUUID()
    const { seq } = await send(c, '@all', clientId)
    assert.ok(namesAll(await send(c, '@all', clientId)))
    assert.ok(namesAll(await edit(c, seq, 'mended: @all')))
    assert.equal(await badge(c), 1)
    assert.equal(namesAll(await edit(c, seq, 'nobody')), false)
    assert.equal(namesAll(await edit(c, seq, '@all')), false)
    assert.equal(await badge(c), 0)
  })

  it('is not named by edits of earlier messages, nor by another when the first is deleted', async () => {
    const c = await room(others)
    const earlier = [await send(c, 'one'), await send(c, 'two')]
    const edited = [await edit(c, earlier[0]?.seq ?? 0, '@all'), await edit(c, earlier[1]?.seq ?? 0, '@all')]
    assert.deepEqual(edited.map(namesAll), [true, false])
    await world.ask(ann, `DELETE /v1/conversations/${c}/messages/${earlier[0]?.seq}`)
    assert.equal(namesAll(await send(c, '@all')), false)
    assert.equal(await badge(c), 0)
  })

  it('is named as often as one wants where there are a hundred', async () => {
    const c = await room(others.slice(1))
    for (let n = 0; n < 3; n++) assert.ok(namesAll(await send(c, '@all')))
  })
})
