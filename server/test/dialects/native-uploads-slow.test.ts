import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { it } from 'node:test'
import { metered } from '../../src/dialects/native/uploads/metered.ts'
import { Limits } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

const STALL_MS = 400

/** A body that is read by a meter, and what has come of it. */
function reading() {
  const body = new PassThrough()
  const read = { bytes: 0, failure: undefined as Error | undefined, isOver: false }
  const run = async () => {
    for await (const piece of metered(body, { payer: 1, limits: new Limits(true), stallMs: STALL_MS }))
      read.bytes += piece.length
  }
  run()
    .catch((error: Error) => {
      read.failure = error
    })
    .finally(() => {
      read.isOver = true
    })
  return { body, read }
}

it('an upload that gets on goes on for as long as it takes, and one that stalls or drips is cut off', async () => {
  const [slow, dripping, silent] = [reading(), reading(), reading()]
  silent.body.write(Buffer.alloc(10_000))
  let sent = 0
  const send = setInterval(() => {
    slow.body.write(Buffer.alloc(4_096))
    sent += 4_096
    if (!dripping.body.destroyed) dripping.body.write('x')
  }, STALL_MS / 8)
  try {
    await until('the cut of the others', () => silent.read.isOver && dripping.read.isOver)
    for (const { read } of [silent, dripping]) assert.match(String(read.failure), /sent nothing more/)
    await until('several times as long', () => slow.read.bytes > 4_096 * 24)
    assert.equal(slow.read.isOver, false)
  } finally {
    clearInterval(send)
  }
  slow.body.end()
  await until('the end', () => slow.read.isOver)
  assert.deepEqual([slow.read.failure, slow.read.bytes], [undefined, sent])
})
