import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fillDisk, mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../../support/small-disk.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { socketIo } from './bare-ws.ts'
import { openFortress } from './fortress.ts'
import { PASSWORD } from './person.ts'
import {
  type Case,
  INTERNAL,
  NOT_READY,
  openPlace,
  READY,
  SENDS,
  SERVICE_UNAVAILABLE,
  statusAndJson,
  toChatapp,
  untilReadiness,
} from './sends.ts'

const OTHER_WRITES: Readonly<Record<string, Case>> = {
  'registering in chatapp': {
    attempt: async ({ url }) => {
      const account = { username: 'new', password: PASSWORD, fullname: 'New' }
      const { status, text } = await ask(url, '/register', account)
      return [status, text]
    },
    whenFull: [500, 'something went wrong: insert_user'],
  },
  'registering in rooms': {
    attempt: ({ url }) =>
      statusAndJson(ask(url, '/register', { login: 'new', password: PASSWORD, username: 'New' })),
    whenFull: [200, INTERNAL],
  },
  'logging in to rooms': {
    attempt: ({ url, talk: { ann } }) =>
      statusAndJson(ask(url, '/login', { login: ann.username, password: PASSWORD })),
    whenFull: [200, INTERNAL],
  },
  'a group in messenger': {
    attempt: ({ url, talk: { ann, bob } }) =>
      statusAndJson(ask(url, '/chat/group/create', { with_ids: [bob.id], name: 'us' }, ann.messenger)),
    whenFull: [503, SERVICE_UNAVAILABLE],
  },
  'a guest of groups': {
    attempt: async ({ url }) => {
      const ws = await socketIo(url)
      const answer = await ws.say('42["find_user",{"username":"new"}]').heard('invalid_request')
      ws.end()
      return JSON.parse(answer.slice(2))[0]
    },
    whenFull: 'invalid_request',
  },
}

test('a full disk: every dialect says so, nothing unstored is acknowledged, and it goes on when there is room', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const directory = mountSmallDisk(8 * 1024)
  assert.ok(directory)
  const server = await openFortress(t, { DBPATH: join(directory, 'parlance.db') })
  t.after(async () => {
    await server.exited
    unmountSmallDisk(directory)
  })
  const { url, database } = server
  const place = await openPlace(url)
  const { talk, chatapp, groups } = place
  const stored: string[] = []
  const send = async (dialect: string, text: string): Promise<unknown> => {
    const answer = await SENDS[dialect]?.attempt(place, text)
    return answer
  }
  for (const dialect of Object.keys(SENDS)) {
    assert.notDeepEqual(await send(dialect, `before, ${dialect}`), SENDS[dialect]?.whenFull)
    stored.push(`before, ${dialect}`)
  }
  await untilReadiness(url, READY)

  const filler = fillDisk(directory)
  // The rest of the file's last block may take one message more.
  const isFull = async (text: string) => {
    const answer = await send('rooms', text)
    if (JSON.stringify(answer) === JSON.stringify(SENDS.rooms?.whenFull)) return true
    stored.push(text)
    return false
  }
  let last = 0
  await until('the disk to be full', () => isFull(`last ${++last} ${'x'.repeat(4_000)}`))
  for (const [dialect, { whenFull }] of Object.entries(SENDS))
    assert.deepEqual(await send(dialect, `lost, ${dialect} ${'x'.repeat(2_000)}`), whenFull, dialect)
  for (const [name, { attempt, whenFull }] of Object.entries(OTHER_WRITES))
    assert.deepEqual(await attempt(place, 'lost'), whenFull, name)
  await untilReadiness(url, NOT_READY)

  // Reading goes on, and so do coming and going.
  const { json } = await ask(url, `/chat/${talk.id}/messages`, undefined, talk.bob.messenger)
  assert.equal(json.count, stored.length)
  const bob = await talk.bob.chatapp()
  await bob.say('{"type":"self"}').heard('"is_online":true')
  bob.end()

  await rm(filler)
  await untilReadiness(url, READY)
  for (const dialect of Object.keys(SENDS)) {
    assert.notDeepEqual(await send(dialect, `after, ${dialect}`), SENDS[dialect]?.whenFull, dialect)
    stored.push(`after, ${dialect}`)
  }
  const asking = { type: 'add_contact', contact_username: talk.bob.username }
  const { data } = await toChatapp(place, asking, /"add_contact"/)
  assert.equal(data.contact.is_online, false, 'nobody is left online')

  for (const ws of [chatapp, groups]) ws.end()
  assert.equal(server.child.exitCode, null)
  server.child.kill('SIGTERM')
  assert.equal(await server.exited, 0)
  const db = new DatabaseSync(database, { readOnly: true })
  const rows = db.prepare('SELECT body FROM messages ORDER BY id').all()
  assert.deepEqual(
    rows.map(({ body }) => body),
    stored,
  )
  db.close()
})
