import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { toAccountId } from '../../src/core/chat.ts'
import { Batch, type Frame, MAX_BACKLOG_BYTES, SocketSink } from '../../src/delivery/index.ts'
import { socketPair } from '../support/socket-pair.ts'
import { until } from '../support/until.ts'

const frame = (text: string): Frame => ({ bytes: Buffer.from(text), headerBytes: 0 })

function batch(...frames: readonly Frame[]): Batch {
  const made = new Batch()
  for (const each of frames) made.add(each)
  return made
}

function collect(socket: Socket): { text: () => string; chunks: Buffer[] } {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { chunks, text: () => Buffer.concat(chunks).toString() }
}

const unexpected = () => assert.fail('this peer reads')

test('writes what one turn queued at once, in order', async () => {
  await using pair = await socketPair()
  const received = collect(pair.far)
  const sink = new SocketSink(pair.near, { onSlow: unexpected })
  sink.send(frame('a'))
  sink.push(batch(frame('b'), frame('c')))
  for (let i = 0; i < 100; i++) sink.send(frame('.'))
  assert.equal(pair.near.bytesWritten, 0, 'nothing leaves before the turn ends')
  await until('all bytes', () => received.text().length === 103)
  assert.equal(received.text(), `abc${'.'.repeat(100)}`)
  assert.equal(received.chunks.length, 1)
})

test('a batch that grows until the end of the turn arrives whole', async () => {
  await using pair = await socketPair()
  const received = collect(pair.far)
  const shared = batch(frame('1'))
  new SocketSink(pair.near, { onSlow: unexpected }).push(shared)
  shared.add(frame('2'))
  await until('both frames', () => received.text() === '12')
})

test('recipients share the bytes of a batch; the owner alone gets a copy with its own uuid', async () => {
  await using mine = await socketPair()
  await using other = await socketPair()
  const [atMine, atOther] = [collect(mine.far), collect(other.far)]
  const accountId = toAccountId(7)
  const [pub, secret] = ['p'.repeat(36), 's'.repeat(36)]
  const owned: Frame = { bytes: Buffer.from(`<${pub}>`), headerBytes: 0, owner: { accountId, offset: 1 } }
  const shared = batch(frame('first'), owned)
  const owner = { accountId, uuid: secret }
  new SocketSink(mine.near, { onSlow: unexpected, owner }).push(shared)
  new SocketSink(other.near, { onSlow: unexpected }).push(shared)
  await until('both', () => atMine.text() && atOther.text())
  assert.equal(atMine.text(), `first<${secret}>`)
  assert.equal(atOther.text(), `first<${pub}>`)
  assert.equal(shared.bytes(), shared.bytes())
})

test('a peer that never reads is reported slow at the bound, once, and queues no more', async () => {
  await using pair = await socketPair()
  pair.far.pause()
  let slow = 0
  const sink = new SocketSink(pair.near, {
    onSlow: () => {
      slow++
    },
  })
  const block = frame('x'.repeat(64 * 1024))
  let queued = 0
  await until('the slow report', () => {
    if (slow === 0) {
      sink.send(block)
      queued += block.bytes.length
    }
    return slow
  })
  const beforeKernel = queued - pair.near.bytesWritten
  assert.ok(beforeKernel <= MAX_BACKLOG_BYTES + 2 * block.bytes.length, `${beforeKernel} bytes waited`)
  for (let i = 0; i < 100; i++) sink.send(block)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(slow, 1)
  assert.ok(pair.near.writableLength <= MAX_BACKLOG_BYTES)
})

test('a peer that reads late gets everything that stayed under the bound', async () => {
  await using pair = await socketPair()
  pair.far.pause()
  const sink = new SocketSink(pair.near, { onSlow: unexpected })
  // Fills the kernel's buffers, so that what follows must wait in the sink.
  let sent = 0
  await until('a write that waits', () => {
    sink.send(frame('k'.repeat(64 * 1024)))
    sent += 64 * 1024
    return pair.near.writableLength > 0
  })
  for (let i = 0; i < 1000; i++) sink.send(frame(`${i};`))
  const received = collect(pair.far)
  pair.far.resume()
  const tail = Array.from({ length: 1000 }, (_, i) => `${i};`).join('')
  await until('everything', () => received.text().length === sent + tail.length)
  assert.ok(received.text().endsWith(tail))
})

test('a closed socket takes nothing and keeps nothing', async () => {
  await using pair = await socketPair()
  const sink = new SocketSink(pair.near, { onSlow: unexpected })
  pair.near.destroy()
  await once(pair.near, 'close')
  sink.send(frame('late'))
  sink.flush()
  assert.equal(pair.near.bytesWritten, 0)
})

test('is crowded while much of what its peer asked for waits, and says when no longer', async () => {
  await using pair = await socketPair()
  const sink = new SocketSink(pair.near, { onSlow: unexpected })
  sink.send(frame('a'))
  assert.equal(sink.isCrowded, false)
  sink.send(frame('b'.repeat(MAX_BACKLOG_BYTES / 2)))
  assert.equal(sink.isCrowded, true)
  const drained = sink.drained()
  pair.far.resume()
  await drained
  assert.equal(sink.isCrowded, false)
  sink.send(frame('c'.repeat(MAX_BACKLOG_BYTES / 2)))
  const closed = sink.drained()
  pair.near.destroy()
  await closed
})

test('a long answer on its way does not make its reader slow when others speak', async () => {
  await using pair = await socketPair()
  pair.far.pause()
  const sink = new SocketSink(pair.near, { onSlow: unexpected })
  const answer = 'a'.repeat(8 * MAX_BACKLOG_BYTES)
  sink.send(frame(answer))
  await until('an answer that waits', () => pair.near.writableLength > MAX_BACKLOG_BYTES)
  sink.push(batch(frame('spoken')))
  await new Promise((resolve) => setImmediate(resolve))
  const received = collect(pair.far)
  pair.far.resume()
  await until(
    'both',
    () => received.chunks.reduce((sum, chunk) => sum + chunk.length, 0) === answer.length + 6,
  )
  assert.ok(received.text().endsWith('aspoken'))
})

test('one account’s messages alone do not make a peer too slow; those of several do', async () => {
  const block = frame('x'.repeat(64 * 1024))
  const fill = async (originIds: readonly number[], bytes: number) => {
    const pair = await socketPair()
    pair.far.pause()
    let isSlow = false
    const sink = new SocketSink(pair.near, {
      onSlow: () => {
        isSlow = true
      },
    })
    // Push until something waits behind a write in flight.
    while (pair.near.writableLength === 0) {
      sink.push(batch(block))
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (let n = 0; n * block.bytes.length < bytes; n++) {
      const shared = new Batch()
      shared.add(block, toAccountId(originIds[n % originIds.length] ?? 1))
      sink.push(shared)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await pair[Symbol.asyncDispose]()
    return isSlow
  }
  const twice = 2 * MAX_BACKLOG_BYTES
  assert.equal(await fill([1], twice), false, 'one')
  assert.equal(await fill([1, 2, 3], twice), true, 'three')
  assert.equal(await fill([1], 5 * MAX_BACKLOG_BYTES), true, 'one, without end')
})
