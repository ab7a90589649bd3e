import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatappDevice } from '../../support/clients/chatapp.ts'
import type { Place } from '../../support/clients/index.ts'
import { NativeDevice } from '../../support/clients/native.ts'
import { chatappFile, PASSWORD } from './sources.ts'
import { adopted, lastFirst, TARGETS } from './targets.ts'

const place = (conversationId: number) => ({ conversationId }) as Place

for (const { name, missing, make } of TARGETS)
  test(`chatapp's people log in with their passwords and read their history, on ${name}`, {
    skip: missing,
  }, async (t) => {
    const source = await chatappFile(t)
    const { server, notes, ids } = await adopted(t, { kind: 'chatapp', source, settings: await make(t) })
    const ann = await ChatappDevice.logIn(server, { username: 'ann', password: PASSWORD })
    lastFirst(t, () => ann.close())
    await assert.rejects(ChatappDevice.logIn(server, { username: 'ann', password: 'wrong' }))
    await assert.rejects(ChatappDevice.logIn(server, { username: 'cid', password: 'md5:0123' }))

    assert.deepEqual(
      (await ann.history(place(4))).map(({ id, sender, text, at }) => [id, sender, text, at]),
      [
        [20, 'ann', 'Hello Bob', 1700000300],
        [21, 'bob', 'Hello Ann', 1700000300],
      ],
    )
    assert.deepEqual(
      (await ann.history(place(6))).map(({ sender, text }) => [sender, text]),
      [
        ['gone-41', 'from somebody who is gone'],
        ['cid', 'an answer to nothing'],
        ['ann', 'a NUL in the middle'],
      ],
    )
    const { contacts } = await ann.ws.data<{ contacts: unknown }>({ type: 'get_contacts' })
    assert.deepEqual(contacts, ['bob'])
    await ann.send(place(4), 'after the move')
    assert.deepEqual((await ann.history(place(4))).at(-1)?.text, 'after the move')

    const bob = await NativeDevice.logIn(server, { username: 'bob', password: PASSWORD })
    lastFirst(t, () => bob.close())
    assert.deepEqual(
      (await bob.history(place(4))).map(({ text }) => text),
      ['Hello Bob', 'Hello Ann', 'after the move'],
    )
    const other = await ChatappDevice.logIn(server, { username: 'ANN-2', password: PASSWORD })
    lastFirst(t, () => other.close())

    assert.deepEqual(
      notes.map(({ what, place, done }) => `${done}: ${what} ${place}`),
      [
        'changed: account users, id 9',
        'changed: account users, id 12',
        'left out: message messages, id 22',
        'changed: account messages, id 25',
        'left out: message messages, id 27',
        'changed: message messages, id 28',
        'changed: message messages, id 28',
        'left out: contact contacts, user_id 3, contact_id 77',
        'left out: conversation 10',
        'changed: conversation 8',
        'changed: message conversation 6, message 26',
      ],
    )
    assert.deepEqual(ids, [], 'every id stays what it was')
  })
