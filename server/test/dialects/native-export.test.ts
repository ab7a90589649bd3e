import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, it } from 'node:test'
import type { ExportLine } from '@parlance/protocol'
import { NativeHttp } from '../support/native-http.ts'
import { target } from '../support/server.ts'
import { until } from '../support/until.ts'
import { upload } from '../support/uploads.ts'

const { url, host, port, close } = await target()
after(() => close())

const password = 'correct horse battery'

async function exported(asker: NativeHttp): Promise<readonly ExportLine[]> {
  const { headers, body } = await asker.done('exportMe', { body: { password } })
  assert.equal(headers.get('content-type'), 'application/x-ndjson')
  return body as readonly ExportLine[]
}

it('an account takes with it what is its own, and nobody else’s text', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const group = await ann.group(bob)
  const { seq } = await ann.send(group, 'mine')
  await ann.ok('editMessage', { params: { c: group.id, seq }, body: { body: 'still mine' } })
  await bob.send(group, 'not hers')
  await ann.ok('putReaction', { params: { c: group.id, seq: 2, key: '👍' } })
  const sent = await upload(ann, 'a file', { name: 'sent.txt' })
  const attached = { clientId: 'with a file', body: '', attachments: [sent] }
  const { seq: at } = await ann.ok('sendMessage', { params: { c: group.id }, body: attached })
  const kept = await upload(ann, 'another', { name: 'kept.txt' })
  await upload(bob, 'not hers either', { name: 'hidden.txt' })
  await ann.ok('addContact', { params: { a: bob.id } })
  await ann.ok('changeMe', { body: { bio: 'a bio', settings: { theme: 'dark' } } })
  const lines = await exported(ann)
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['export', 'profile', 'contact', 'membership', 'message', 'message', 'reaction', 'file', 'file', 'end'],
  )
  const text = JSON.stringify(lines)
  for (const own of ['a bio', 'dark', 'mine', 'still mine', '👍', group.id, ann.id, bob.id])
    assert.ok(text.includes(own), own)
  for (const foreign of ['not hers', 'hidden.txt']) assert.ok(!text.includes(foreign), foreign)
  const files = lines.flatMap((line) => (line.kind === 'file' ? [[line.id, line.name, line.message]] : []))
  const wanted = [
    [sent, 'sent.txt', { conversation: group.id, seq: at }],
    [kept, 'kept.txt', null],
  ]
  assert.deepEqual(files.toSorted(), wanted.toSorted())
  const counts = { profile: 1, contact: 1, block: 0, membership: 1, message: 2, reaction: 1, file: 2 }
  assert.deepEqual(lines.at(-1), { kind: 'end', counts })
})

it('an export is for whoever knows the password, and once an hour', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const wrong = await ann.refusal('exportMe', { body: { password: 'a guess' } })
  assert.equal(wrong, '401 wrong_credentials')
  await exported(ann)
  const { status, headers } = await ann.attempt('exportMe', { body: { password } })
  assert.equal(status, 429)
  assert.ok(Number(headers.get('retry-after')) > 3_500)
})

it('an export whose client goes away gives its place to another', async () => {
  const people = await NativeHttp.people(url, ...Array.from({ length: 6 }, () => 'ann'))
  for (const { token } of people.slice(1)) await leaveAtOnce(token ?? '')
  const [last] = people
  await until('a free place', async () => {
    const { status } = (await last?.attempt('exportMe', { body: { password } })) ?? { status: 0 }
    assert.ok(status === 200 || status === 503)
    return status === 200
  })
})

/** Asks for an export, and ends the connection before it is there. */
async function leaveAtOnce(token: string): Promise<void> {
  const body = JSON.stringify({ password })
  const socket = connect(port, host)
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  socket.on('close', () => resolve())
  socket.write(
    [
      'POST /v1/me/export HTTP/1.1',
      `Host: ${host}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  )
  await closed
}
