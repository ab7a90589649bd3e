import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ParlanceError } from '../src/index.ts'
import { upload } from '../src/upload/index.ts'
import { newWorld } from './world.ts'

const bytesOf = (size: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, at) => at % 251)

// `deepEqual` takes seconds for so many.
const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => Buffer.from(a ?? []).equals(b)

async function aliceIn(world = newWorld()) {
  const client = await world.connect(world.alice)
  const shown = (file: Blob, options = {}) => {
    const sending = upload(client, file, options)
    const states: string[] = []
    const note = () => {
      const { state, sent } = sending.progress.get()
      states.push(`${state} ${sent}`)
    }
    sending.progress.subscribe(note)
    return { sending, states, stored: () => world.server.uploads.find(sending.id ?? '')?.bytes }
  }
  return { ...world, client, shown }
}

test('an upload shows how far it is, and its file hangs on a message', async () => {
  const { client, clock, conversation, server, shown } = await aliceIn()
  const bytes = bytesOf(1_000_000)
  const { sending, states, stored } = shown(new File([bytes], 'résumé.pdf', { type: 'application/pdf' }))
  await clock.advance(5_000)
  assert.deepEqual(states, [
    'sending 0',
    'sending 262144',
    'sending 786432',
    'sending 1000000',
    'done 1000000',
  ])
  assert.ok(isSame(stored(), bytes))
  const id = await sending.done()
  const { name, type } = server.uploads.find(id) ?? {}
  assert.deepEqual([name, type], ['résumé.pdf', 'application/pdf'])
  client.conversation(conversation.id).send('', { attachments: [id] })
  await clock.advance(100)
  assert.equal(conversation.messages[0]?.attachments[0]?.name, 'résumé.pdf')
})

test('an upload whose connection breaks waits, and goes on where it was', async () => {
  const { clock, server, shown } = await aliceIn()
  const bytes = bytesOf(3_000_000)
  const { sending, states, stored } = shown(new Blob([bytes]))
  await clock.advance(5)
  server.network.goOffline()
  await clock.advance(60_000)
  const { state, failure } = sending.progress.get()
  assert.deepEqual([state, failure?.code], ['waiting', 'disconnected'])
  const before = stored()?.length ?? 0
  assert.ok(before > 0)
  server.network.goOnline()
  await clock.advance(50)
  assert.equal(await sending.done(), sending.id)
  assert.ok(isSame(stored(), bytes))
  assert.ok(states.includes(`sending ${before}`))
})

test('an answer that was lost is asked for, so that no byte is sent twice into a file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 2_000_000 }), async (seed, size) => {
      const world = newWorld({ seed })
      const { clock, server, client } = await aliceIn(world)
      server.network.script = { ...server.network.script, drops: () => (seed + clock.now()) % 3 === 0 }
      const bytes = bytesOf(size)
      const sending = upload(client, new Blob([bytes]))
      for (let turn = 0; turn < 40; turn += 1) {
        await clock.advance(turn * 7)
        server.network.goOffline()
        await clock.advance(3)
        server.network.goOnline()
      }
      server.network.script = { ...server.network.script, drops: () => false }
      await clock.advance(60_000)
      assert.ok(isSame(server.uploads.find(await sending.done())?.bytes, bytes))
    }),
    { numRuns: 20 },
  )
})

test('an upload that is stopped goes on when it is told to', async () => {
  const { clock, shown } = await aliceIn()
  const bytes = bytesOf(2_000_000)
  const { sending, stored } = shown(new Blob([bytes]))
  await clock.advance(5)
  sending.pause()
  await clock.advance(60_000)
  assert.equal(sending.progress.get().state, 'paused')
  assert.ok((stored()?.length ?? 0) < bytes.length)
  sending.resume()
  await clock.advance(1_000)
  assert.equal(sending.progress.get().state, 'done')
  assert.ok(isSame(stored(), bytes))
})

test('an upload goes on in another life by its id, and begins anew where that is gone or of another file', async () => {
  const { client, clock, server, shown } = await aliceIn()
  const bytes = bytesOf(1_000_000)
  const first = shown(new Blob([bytes]))
  await clock.advance(5)
  first.sending.pause()
  const { id = '' } = first.sending
  const { states, sending } = shown(new Blob([bytes]), { resume: id })
  await clock.advance(1_000)
  assert.equal(await sending.done(), id)
  assert.notEqual(states[0], 'sending 0')
  const other = upload(client, new Blob([bytesOf(10)]), { resume: id })
  await clock.advance(1_000)
  assert.notEqual(await other.done(), id)
  server.uploads.remove(id)
  const anew = upload(client, new Blob([bytes]), { resume: id })
  await clock.advance(1_000)
  assert.notEqual(await anew.done(), id)
  assert.ok(isSame(server.uploads.find(await anew.done())?.bytes, bytes))
})

test('an upload that is cancelled leaves nothing, also when it was complete', async () => {
  const { clock, server, shown } = await aliceIn()
  for (const ms of [5, 1_000]) {
    const { sending } = shown(new Blob([bytesOf(2_000_000)]))
    await clock.advance(ms)
    const { id = '' } = sending
    assert.ok(server.uploads.find(id))
    if (ms === 5) assert.equal(sending.progress.get().state, 'sending')
    sending.cancel()
    await clock.advance(1_000)
    assert.deepEqual([sending.progress.get().state, server.uploads.find(id)], ['cancelled', undefined])
    if (ms === 5) await assert.rejects(sending.done(), { code: 'discarded' })
  }
})

test('a refusal for good fails with its reason until it is tried again; one that may pass is waited for', async () => {
  const { clock, server, shown } = await aliceIn()
  server.refusal = 'quota_exceeded'
  const { sending } = shown(new Blob(['hello']))
  await clock.advance(10_000)
  const { state, failure } = sending.progress.get()
  assert.deepEqual([state, failure?.code], ['failed', 'quota_exceeded'])
  server.refusal = 'busy'
  sending.resume()
  await clock.advance(10_000)
  assert.equal(sending.progress.get().state, 'waiting')
  server.refusal = undefined
  await clock.advance(60_000)
  assert.equal(await sending.done(), sending.id)
})

test('a file that can be read no more fails, and is not waited for', async () => {
  const { clock, shown } = await aliceIn()
  const file = new Blob(['hello'])
  Object.defineProperty(file, 'slice', {
    value: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
  })
  const { sending } = shown(file)
  await clock.advance(1_000)
  assert.equal(sending.progress.get().failure?.code, 'unreadable')
})

test('pieces become smaller where something before the server takes none of that size', async () => {
  const { client, clock, server } = await aliceIn()
  const bytes = bytesOf(2_000_000)
  const { rest, runtime } = client
  const sizes: number[] = []
  const request: typeof rest.request = async (path, init) => {
    const { body } = init
    if (!(body instanceof ArrayBuffer)) return rest.request(path, init)
    sizes.push(body.byteLength)
    if (body.byteLength > 100_000) throw new ParlanceError('http_413', { status: 413 })
    return rest.request(path, init)
  }
  const sending = upload({ rest: { call: rest.call, request } as typeof rest, runtime }, new Blob([bytes]))
  await clock.advance(600_000)
  assert.ok(isSame(server.uploads.find(await sending.done())?.bytes, bytes))
  assert.equal(Math.min(...sizes.slice(0, 3)), 65_536)
})
