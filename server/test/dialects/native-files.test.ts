import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, it } from 'node:test'
import type { Message } from '@parlance/protocol'
import { NativeHttp } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance } from '../support/server.ts'
import { file, PNG, upload } from '../support/uploads.ts'

const server = await startParlance()
after(() => server.close())
const { url } = server

const send = (
  by: NativeHttp,
  { id: c }: { readonly id: string },
  attachments: readonly string[],
  body = 'see',
) =>
  by.attempt('sendMessage', {
    params: { c },
    body: { clientId: randomUUID(), body, attachments: [...attachments] },
  })

it('a message shows its files, to whoever may read it', async () => {
  const [ann, bob, cy] = await NativeHttp.people(url, 'ann', 'bob', 'cy')
  const group = await ann.group(bob)
  const [picture, text] = [
    await upload(ann, PNG, { name: 'dot.png' }),
    await upload(ann, 'x', { name: 'ä.txt' }),
  ]
  const { status, body } = await send(ann, group, [picture, text])
  const { seq, attachments } = body as Message
  assert.deepEqual(
    [status, attachments],
    [
      201,
      [
        { id: picture, name: 'dot.png', type: 'image/png', size: PNG.length, width: 1, height: 1 },
        { id: text, name: 'ä.txt', type: 'text/plain', size: 1, width: null, height: null },
      ],
    ],
  )
  const seen = await bob.ok('getMessage', { params: { c: group.id, seq } })
  assert.deepEqual(seen.attachments, attachments)
  const statuses = () => Promise.all([ann, bob, cy].map(async (by) => (await file(by, picture)).status))
  assert.deepEqual(await statuses(), [200, 200, 404])
  await bob.ok('removeMember', { params: { c: group.id, a: bob.id } })
  assert.deepEqual(await statuses(), [200, 404, 404])
  await ann.ok('deleteMessage', { params: { c: group.id, seq } })
  assert.deepEqual(await statuses(), [404, 404, 404])
})

it('a message may be nothing but files, and not nothing at all', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const group = await ann.group()
  const { body } = await send(ann, group, [await upload(ann, 'x')], '')
  assert.equal((body as Message).body, '')
  const problem = await ann.problem('sendMessage', {
    params: { c: group.id },
    body: { clientId: 'c', body: '' },
  })
  assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [400, '#/body'])
})

it('only own complete uploads can be attached, each once; a repeat answers the first', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const group = await ann.group(bob)
  const [own, other] = [await upload(ann, 'x'), await upload(bob, 'y')]
  for (const wrong of [other, 'f_absent']) assert.equal((await send(ann, group, [wrong])).status, 404)
  const body = { clientId: randomUUID(), body: 'x', attachments: [own] }
  const first = await ann.done('sendMessage', { params: { c: group.id }, body })
  const again = await ann.done('sendMessage', { params: { c: group.id }, body })
  assert.deepEqual([first.status, again.status, again.body], [201, 200, first.body])
  assert.equal((await send(ann, group, [own])).status, 404)
  const eleven = Array.from({ length: 11 }, () => own)
  assert.equal((await send(ann, group, eleven)).status, 400)
})

it('the socket sends files, and tells of them', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const group = await ann.group(bob)
  const [sender, listener] = [
    await NativeSocket.live(url, ann.token ?? ''),
    await NativeSocket.live(url, bob.token ?? ''),
  ]
  const id = await upload(ann, PNG, { name: 'dot.png' })
  const fields = { conversation: group.id, clientId: 'c', body: '', attachments: [id] }
  await sender.ok('message.send', fields)
  const { data } = await listener.find('the message', ({ type }) => type === 'message.sent')
  const [shown] = data.message.attachments
  assert.deepEqual([shown.id, shown.width], [id, 1])
  for (const each of [sender, listener]) each.ws.terminate()
})

it('a part of a file can be read, and one that is known need not be read again', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const id = await upload(ann, '0123456789')
  const part = async (range: string, more: Readonly<Record<string, string>> = {}) => {
    const response = await file(ann, id, { range, ...more })
    return [response.status, response.headers.get('content-range'), response.ok ? await response.text() : '']
  }
  assert.deepEqual(await part('bytes=2-4'), [206, 'bytes 2-4/10', '234'])
  assert.deepEqual(await part('bytes=8-'), [206, 'bytes 8-9/10', '89'])
  assert.deepEqual(await part('bytes=-3'), [206, 'bytes 7-9/10', '789'])
  assert.deepEqual(await part('bytes=5-999'), [206, 'bytes 5-9/10', '56789'])
  assert.deepEqual(await part('bytes=10-'), [416, 'bytes */10', ''])
  for (const ignored of ['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'x'])
    assert.deepEqual(await part(ignored), [200, null, '0123456789'], ignored)
  const etag = (await file(ann, id)).headers.get('etag') ?? ''
  assert.equal((await file(ann, id, { 'if-none-match': etag })).status, 304)
  assert.equal((await file(ann, id, { 'if-none-match': '"other"' })).status, 200)
  assert.deepEqual(await part('bytes=0-1', { 'if-range': '"other"' }), [200, null, '0123456789'])
  assert.deepEqual(await part('bytes=0-1', { 'if-range': etag }), [206, 'bytes 0-1/10', '01'])
  const head = await fetch(`${url}/v1/files/${id}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${ann.token}` },
  })
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '10', ''])
})

it('nothing but safe media is shown in a page, and nothing runs there', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const headersOf = async (bytes: string | Buffer, name: string, type: string) => {
    const { headers } = await file(ann, await upload(ann, bytes, { name, type }))
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; sandbox/)
    return [headers.get('content-type'), headers.get('content-disposition')?.split(';')[0]]
  }
  const attached = ['application/octet-stream', 'attachment']
  assert.deepEqual(await headersOf(PNG, 'a.html', 'text/html'), ['image/png', 'inline'])
  assert.deepEqual(await headersOf('<script>1</script>', 'a.html', 'text/html'), attached)
  assert.deepEqual(await headersOf('<svg onload="1"/>', 'a.svg', 'image/svg+xml'), attached)
  assert.deepEqual(await headersOf('<script>1</script>', 'a.png', 'image/png'), attached)
  assert.deepEqual(await headersOf('%PDF-1.7', 'a.pdf', 'application/pdf'), attached)
})

it('a signed address shows a file without a session, to nobody who may not read it', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const group = await ann.group(bob)
  const id = await upload(ann, PNG)
  await send(ann, group, [id])
  const { items } = await bob.ok('signFiles', { body: { files: [id] } })
  const [signed] = items
  assert.ok(signed)
  assert.ok(Math.abs(Date.parse(signed.expiresAt) - Date.now() - 600_000) < 60_000)
  const shown = await fetch(signed.url)
  assert.ok(Buffer.from(await shown.arrayBuffer()).equals(PNG))
  assert.deepEqual(
    ['cache-control', 'referrer-policy', 'content-type'].map((name) => shown.headers.get(name)),
    ['private, no-store', 'no-referrer', 'image/png'],
  )
  const changed = async (change: (query: URLSearchParams) => void) => {
    const address = new URL(signed.url)
    change(address.searchParams)
    return (await fetch(address)).status
  }
  const { searchParams } = new URL(signed.url)
  assert.equal(await changed((query) => query.set('account', ann.id.slice(2))), 404)
  assert.equal(
    await changed((query) => query.set('expires', `${Number(searchParams.get('expires')) + 1}`)),
    404,
  )
  assert.equal(await changed((query) => query.set('sig', 'x')), 404)
  assert.equal(await changed((query) => query.delete('sig')), 404)
  assert.equal((await fetch(signed.url.replace(id, await upload(ann, 'x')))).status, 404)
  assert.equal(
    await bob.refusal('signFiles', { body: { files: [id, await upload(ann, 'y')] } }),
    '404 not_found',
  )
  await bob.ok('removeMember', { params: { c: group.id, a: bob.id } })
  assert.equal((await fetch(signed.url)).status, 404)
})

it('a signed address stops with its account', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const id = await upload(ann, PNG)
  const { items } = await ann.ok('signFiles', { body: { files: [id] } })
  const address = items[0]?.url ?? ''
  assert.equal((await fetch(address)).status, 200)
  await ann.ok('removeMe', { body: { password: 'correct horse battery' } })
  assert.equal((await fetch(address)).status, 404)
})
