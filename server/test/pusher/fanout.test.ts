import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch } from '../../src/delivery/index.ts'
import { Fanout } from '../../src/pusher/fanout.ts'

test('a subscriber that comes after a batch without subscribers hears the next one', () => {
  const frame = { bytes: Buffer.from('said'), headerBytes: 0 }
  const fanout = new Fanout()
  const early = new Batch()
  early.add(frame)
  fanout.push(early)
  // An owner adds to its batch until it is sealed.
  assert.ok(early.isSealed)

  const heard: Batch[] = []
  const sink = { push: (batch: Batch) => void heard.push(batch), send: () => undefined }
  fanout.add({ socketId: '1.1', address: '', originId: '', sink })
  const late = new Batch()
  late.add(frame)
  fanout.push(late)
  assert.deepEqual(heard, [late])
  assert.ok(!late.isSealed)
})
