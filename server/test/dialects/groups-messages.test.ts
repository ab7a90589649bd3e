import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type GroupsClient,
  type Happening,
  ID,
  type SentMessage,
  TIME,
  uniqueName,
} from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { GROUP_NOT_FOUND, malformed, NAME_NOT_FOUND, only, openWorld } from './groups-world.ts'

const { url, guest, connect } = await openWorld()

describe('enter_group', () => {
  test('answers with the history, unread and read, and enters', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const [group_name, elsewhere] = [await ann.create(), await ben.create()]
    await ben.visit(group_name)
    await ann.send(group_name, 'one')
    await ben.visit(elsewhere)
    const two = await ann.send(group_name, 'two')
    await ann.send(group_name, 'three')
    const [unread, read] = only<[SentMessage[], SentMessage[]]>(
      await ben.ask('enter_group', { group_name }),
      'enter_group',
    )
    assert.deepEqual(
      [unread, read].map((part) => part.map(({ text }) => text)),
      [['two', 'three'], ['one']],
    )
    assert.deepEqual(unread[0], two)
    assert.match(two._id, ID)
    assert.match(two.timestamp, TIME)
    assert.deepEqual(await ben.enter(group_name), [[], ['one', 'two', 'three']])
    await ann.send(group_name, 'four')
    await until('the live message', () => ben.client.texts.includes('four'))
    const { current_group } = only<{ current_group: unknown }>(await ben.ask('find_user'), 'user_found')
    assert.equal(current_group, group_name)
  })

  test('has the newest hundred', async () => {
    const ann = await guest('ann')
    const group_name = await ann.create()
    const texts = Array.from({ length: 103 }, (_, i) => `message ${i}`)
    for (const text of texts)
      ann.client.socket.emit('send_message', { username: ann.username, group_name, text })
    await ann.client.settled()
    assert.deepEqual(await ann.enter(group_name), [texts.slice(3), []])
    assert.deepEqual(await ann.enter(group_name), [[], texts.slice(3)])
  })

  test('history and live messages follow one another without a hole or a repeat', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    only(await ben.ask('join_group', { group_name }), 'join_success')
    const texts = Array.from({ length: 60 }, (_, i) => `message ${i}`)
    for (const text of texts)
      ann.client.socket.emit('send_message', { username: ann.username, group_name, text })
    for (let i = 0; i < 5; i++) {
      const from = ben.client.log.length
      const [unread, read] = await ben.enter(group_name)
      const before = [...read, ...unread]
      await until('the last message', () =>
        [...before, ...textsFrom(ben.client, from)].includes('message 59'),
      )
      assert.deepEqual([...before, ...textsFrom(ben.client, from)], texts)
      if (i === 0) await ben.visit(await ben.create())
    }
  })

  test('only a member may', async () => {
    const [ann, ben, client] = await Promise.all([guest('ann'), guest('ben'), connect()])
    const group_name = await ann.create()
    const notJoined: Happening[] = [['group_not_join', null]]
    assert.deepEqual(await ben.ask('enter_group', { group_name }), notJoined)
    assert.deepEqual(await ben.ask('enter_group', { group_name: uniqueName('no') }), notJoined)
    const username = uniqueName('nobody')
    assert.deepEqual(await client.ask('enter_group', { username, group_name }), notJoined)
  })

  /** Messages that came live after the answer. */
  function textsFrom(client: GroupsClient, from: number): string[] {
    const answer = client.log.findIndex(([event], i) => i >= from && event === 'enter_group')
    return client.log
      .slice(answer)
      .flatMap(([event, payload]) => (event === 'message_sent' ? [(payload as SentMessage).text] : []))
  }
})

describe('send_message', () => {
  test('reaches every socket in the group and the sender, once each', async () => {
    const [ann, ben, cat] = await Promise.all([guest('ann'), guest('ben'), guest('cat')])
    const group_name = await ann.create()
    const second = await ben.again(url)
    await ben.visit(group_name)
    only(await second.ask('enter_group', { group_name }), 'enter_group')
    only(await cat.ask('join_group', { group_name }), 'join_success')
    const outside = await ann.send(group_name, 'from outside')
    assert.deepEqual(outside, {
      _id: outside._id,
      group_name,
      username: ann.username,
      text: 'from outside',
      timestamp: outside.timestamp,
    })
    assert.match(outside._id, ID)
    assert.match(outside.timestamp, TIME)
    await ben.send(group_name, 'from inside')
    for (const { client } of [ben, second]) {
      await until('both', () => client.texts.length === 2)
      await client.settled()
      assert.deepEqual(client.texts, ['from outside', 'from inside'])
      assert.deepEqual(client.messages[0], outside)
    }
    for (const [{ client }, texts] of [
      [ann, ['from outside']],
      [cat, []],
    ] as const) {
      await client.settled()
      assert.deepEqual(client.texts, texts)
    }
  })

  test('makes the sender a member of an open group', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    await ben.send(group_name, 'hello')
    const { group_list } = only<{ group_list: string[] }>(await ben.ask('find_user'), 'user_found')
    assert.deepEqual(group_list, [group_name])
  })

  test('knows neither an unknown user nor an unknown group', async () => {
    const [ann, client] = await Promise.all([guest('ann'), connect()])
    assert.deepEqual(await ann.ask('send_message', { group_name: uniqueName('no'), text: 'x' }), [
      ['group_not_found', GROUP_NOT_FOUND],
    ])
    const username = uniqueName('nobody')
    assert.deepEqual(
      await client.ask('send_message', { username, group_name: 'x', text: 'x' }),
      NAME_NOT_FOUND,
    )
  })

  test('refuses what is not a message', async () => {
    const ann = await guest('ann')
    const group_name = await ann.create()
    for (const [text, why] of [
      [undefined, 'text must be a non-empty string.'],
      ['', 'text must be a non-empty string.'],
      [7, 'text must be a string.'],
      [['x'], 'text must be a string.'],
      ['a\0b', 'text has characters that are not text.'],
      ['a\ud800b', 'text has characters that are not text.'],
    ] as const) {
      assert.deepEqual(await ann.ask('send_message', { group_name, text }), malformed(why))
    }
    const tooLong = await ann.ask('send_message', { group_name, text: 'x'.repeat(100_000) })
    assert.match(
      only<{ Error: string }>(tooLong, 'invalid_request').Error,
      /^text must have at most \d+ bytes\.$/,
    )
    assert.deepEqual(await ann.enter(group_name), [[], []])
  })
})

describe('across dialects', () => {
  test('a room is a group named by its gid, with one history and one stream', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), guest('ben')])
    const gid = await ann.createRoom()
    await ben.visit(gid)
    await ann.send(gid, 'from the room')
    await until('the message', () => ben.client.messages.length === 1)
    const [message] = ben.client.messages
    assert.equal(message?.group_name, gid)
    assert.equal(message?.username, ann.login)
    await ben.send(gid, 'from the group')
    const history = await ann.history(gid)
    assert.deepEqual(
      history.map(({ msg }) => msg.txt),
      ['from the room', 'from the group'],
    )
    assert.deepEqual(
      history.map(({ msg }) => msg.msgId.toString(16).padStart(24, '0')),
      ben.client.messages.map(({ _id }) => _id),
    )
    const { group_list } = only<{ group_list: string[] }>(await ben.ask('find_user'), 'user_found')
    assert.deepEqual(group_list, [gid])
  })
})
