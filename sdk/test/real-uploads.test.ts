import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { until } from '../../server/test/support/until.ts'
import { upload } from '../src/upload/index.ts'
import { RealWorld, Switch } from './real-world.ts'

const world = await RealWorld.open()
after(() => world.close())

const read = async (token: string, id: string) => {
  const headers = { Authorization: `Bearer ${token}` }
  const response = await fetch(`${world.url}/v1/files/${id}`, { headers })
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

test('an upload over a network that goes and comes and a restart is the file, byte for byte', async () => {
  const { token } = await world.person('ann')
  const network = new Switch()
  const client = await world.connect(token, { runtime: network.runtime })
  const bytes = randomBytes(6_000_000)
  const sending = upload(client, new File([bytes], 'noise.bin'))
  const { progress } = sending
  await until('the beginning', () => progress.get().sent > 0)
  network.off()
  await until('the wait', () => progress.get().state === 'waiting')
  network.on()
  await until('more', () => progress.get().sent > 1_000_000)
  await world.nodes[0]?.stop()
  await world.nodes[0]?.start()
  network.on()
  const id = await sending.done()
  assert.equal(progress.get().sent, bytes.length)
  assert.ok((await read(token, id)).bytes.equals(bytes))
  const place = await client.createConversation({ kind: 'group', name: 'files', members: [] })
  await place.send('', { attachments: [id] }).done()
  place.timeline.subscribe(() => undefined)
  await until('the message with its file', () => {
    const [item] = place.timeline.get().items
    return item?.kind === 'message' && item.message.attachments[0]?.name === 'noise.bin'
  })
})

test('an upload that is cancelled is gone from the server, and an empty file is one', async () => {
  const { token } = await world.person('bob')
  const client = await world.connect(token)
  const id = await upload(client, new Blob([])).done()
  assert.deepEqual(await read(token, id), { status: 200, bytes: Buffer.alloc(0) })
  const sending = upload(client, new Blob(['hello']))
  const kept = await sending.done()
  assert.equal((await read(token, kept)).status, 200)
  sending.cancel()
  await until('its end', async () => (await read(token, kept)).status === 404)
})

test('a name of any script and length is taken as it is, as far as a name goes', async () => {
  const client = await world.connect((await world.person('cy')).token)
  const place = await client.createConversation({ kind: 'group', name: 'names', members: [] })
  const names = ['résumé 简历.txt', `${'字'.repeat(300)}.txt`, '\ud800 lone', '']
  const ids = await Promise.all(names.map((name) => upload(client, new Blob(['x']), { name }).done()))
  await place.send('', { attachments: ids }).done()
  place.timeline.subscribe(() => undefined)
  const shown = await until('the message', () => {
    const [item] = place.timeline.get().items
    return item?.kind === 'message' ? item.message.attachments.map(({ name }) => name) : undefined
  })
  assert.equal(shown[0], names[0])
  assert.match(shown[1] ?? '', /^字{50,}/)
  assert.deepEqual([shown[2], shown[3]], ['\ufffd lone', 'file'])
})
