import { once } from 'node:events'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '../measurement.ts'
import { percentile } from './statistics.ts'

const SYNCS = 200
/** About what SQLite's log grows by with a small commit. */
const SYNCED_BYTES = 16 * 1024
const SENDS = 20_000
const SENDS_AT_A_TIME = 500
/** About a chat message in its frame. */
const SENT_BYTES = 200

/** Measures the costs that no chat server on this machine can go below. */
export async function measureLimits(): Promise<Limits> {
  return { syncMs: measureSync(), sendMicros: await measureSend() }
}

/** Median time of an append to a file that is then on disk. */
function measureSync(): number {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  const file = openSync(join(directory, 'log'), 'w')
  const bytes = Buffer.alloc(SYNCED_BYTES, 1)
  const took: number[] = []
  for (let n = 0; n < SYNCS; n++) {
    const startedAt = performance.now()
    writeSync(file, bytes)
    fdatasyncSync(file)
    took.push(performance.now() - startedAt)
  }
  closeSync(file)
  rmSync(directory, { recursive: true })
  return percentile(took, 0.5)
}

/** Mean time of the system call that sends one message over loopback, the kernel's delivery in it. */
async function measureSend(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  let received = 0
  far.on('data', ({ length }) => {
    received += length
  })
  // The descriptor itself: a socket's write would add Node's own work.
  const { _handle } = near as unknown as { readonly _handle: { readonly fd: number } }
  const bytes = Buffer.alloc(SENT_BYTES, 1)
  let took = 0
  for (let sent = 0; sent < SENDS; sent += SENDS_AT_A_TIME) {
    const startedAt = performance.now()
    for (let n = 0; n < SENDS_AT_A_TIME; n++) writeSync(_handle.fd, bytes)
    took += performance.now() - startedAt
    while (received < (sent + SENDS_AT_A_TIME) * SENT_BYTES) await once(far, 'data')
  }
  near.destroy()
  server.close()
  return (took / SENDS) * 1000
}
