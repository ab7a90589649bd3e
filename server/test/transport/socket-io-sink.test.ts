import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SocketIoSink } from '../../src/transport/socket-io-sink.ts'
import { until } from '../support/until.ts'

/** A sink whose connection polls until `upgrade` is called; what was written to it, in order. */
function polling() {
  const written: string[] = []
  const direct = {
    send: ({ bytes }: { bytes: Buffer }) => written.push(bytes.toString()),
    flush: () => undefined,
  }
  const link = {
    sink: undefined as { onReady(): void } | undefined,
    direct: undefined as typeof direct | undefined,
  }
  const sink = new SocketIoSink({} as never, link as never)
  return {
    sink,
    written,
    /** The transport becomes ready in the middle of a turn. */
    upgrade: () => {
      link.direct = direct
      link.sink?.onReady()
    },
  }
}

const frame = (text: string) => ({ bytes: Buffer.from(text), headerBytes: 0 })

test('an acknowledgement comes before the event that follows it, also when the transport is ready before the turn ends', async () => {
  const { sink, written, upgrade } = polling()
  sink.afterFlush(() => written.push('acknowledged'))
  sink.send(frame('event'))
  upgrade()
  await until('both', () => written.length === 2)
  assert.deepEqual(written, ['acknowledged', 'event'])
})

test('a frame that waits is written at once when the transport is ready', () => {
  const { sink, written, upgrade } = polling()
  sink.send(frame('event'))
  upgrade()
  assert.deepEqual(written, ['event'])
})
