import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { conversationIdIn } from '../../src/dialects/native/names.ts'
import { parlance } from '../support/command.ts'
import { NativeHttp } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { spawnCheapServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

/** Steps of a hundred messages: enough to be killed between two of them. */
const MESSAGES = 2_000

test('the deletion of a conversation goes on at once where its server was killed, and nothing else is touched', async (t) => {
  const file = join(await tempDir(t), 'chat.db')
  const start = async () => {
    const settings = { DBPATH: file, PORT: '0', ROOMS_TCP_PORT: '0', PARLANCE_RATE_LIMITS: 'off' }
    const server = spawnCheapServer(t, { ...settings, LOG_LEVEL: 'warn' })
    await until('the start', () => server.output.stdout.includes('first account'), START_MS)
    return { ...server, url: /http:\/\/[\d.]+:\d+/.exec(server.output.stdout)?.[0] ?? assert.fail() }
  }
  const first = await start()
  const ann = await NativeHttp.register(first.url, 'ann')
  const [doomed, kept] = [await ann.group(), await ann.group()]
  await ann.send(kept, 'kept')
  const client = await NativeSocket.live(first.url, ann.token ?? assert.fail())
  const sends = Array.from({ length: MESSAGES }, (_, n) => client.say(doomed.id, `message ${n}`))
  await Promise.all(sends)

  using db = new DatabaseSync(file, { readOnly: true })
  const messages = db.prepare('SELECT count(*) AS count FROM messages WHERE conversation_id = ?')
  const left = () => Number(messages.get(conversationIdIn(doomed.id))?.count)
  const wished = db.prepare('SELECT count(*) AS count FROM conversation_removals')
  const isDone = () => wished.get()?.count === 0
  const { code, stderr } = await parlance(t, 'conversations', 'delete', doomed.id, '--yes', '--dbpath', file)
  assert.equal(code, 0, stderr)
  await until('the first steps', () => left() < MESSAGES)
  first.child.kill('SIGKILL')
  await first.exited
  assert.ok(left() > 0 && !isDone(), `killed with ${left()} messages left`)

  const second = await start()
  await until('the end of the deletion', () => isDone())
  assert.equal(left(), 0)
  const later = new NativeHttp(second.url, { token: ann.token, id: ann.id })
  const { items } = await later.ok('listMessages', { params: { c: kept.id } })
  assert.deepEqual(
    items.map(({ body }) => body),
    ['kept'],
  )
  assert.equal(await later.refusal('getConversation', { params: { c: doomed.id } }), '404 not_a_member')
})
