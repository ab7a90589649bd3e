import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { Gate } from './gate.ts'
import type { Owner } from './owner.ts'

/** A way to a server that a test can cut, or make a slow one. */
export interface CuttableProxy {
  readonly port: number
  /** Leads new connections to another server from now on, like an address that follows a failover. */
  redirect(target: Target): void
  /** Drops every connection; with `stay`, new ones as well until `restore`. */
  cut(stay?: 'stay'): void
  /** Resets every connection, as the successor of a dead machine does. */
  reset(): void
  /** Until `restore` nothing is answered, on new connections too; those that wait for an answer never get it. */
  mute(): void
  /** No longer cuts or mutes new connections. */
  restore(): void
  /** Keeps back what the server is sent, on new connections too: from the first piece that has the word in it. */
  hold(from?: string): void
  /** Keeps nothing back on new connections; what is kept back stays so. */
  spareNewcomers(): void
  /** On how many connections a piece with the word in it is kept back. */
  countHeld(word: string): number
  /** Sends the held bytes on, also those of clients that are gone. Resolves when the server has taken the latter. */
  release(): Promise<void>
}

interface Target {
  readonly host: string
  readonly port: number
}

export async function startProxy(owner: Owner, first: Target): Promise<CuttableProxy> {
  let target = first
  const sockets = new Set<Socket>()
  const gates = new Map<Gate, Socket>()
  let isCut = false
  let isMute = false
  let heldFrom: string | undefined
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    const far = createConnection(target)
    const gate = new Gate(heldFrom)
    gates.set(gate, far)
    for (const socket of [near, far]) sockets.add(socket)
    near.pipe(gate.stream).pipe(far)
    if (!isMute) far.pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.on('close', () => {
      sockets.delete(near)
      if (!gate.isHolding()) return void far.destroy()
      // The server still gets what was sent, and answers nobody.
      gate.stream.end()
      far.resume()
    })
    far.on('close', () => {
      sockets.delete(far)
      gates.delete(gate)
      near.destroy()
    })
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  owner.after(() => {
    drop()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    redirect: (other) => {
      target = other
    },
    cut: (stay) => {
      isCut = stay === 'stay'
      drop()
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    mute: () => {
      isMute = true
      for (const far of gates.values()) far.unpipe().pause()
    },
    restore: () => {
      isCut = false
      isMute = false
    },
    hold: (from = '') => {
      heldFrom = from
      for (const gate of gates.keys()) gate.hold(from)
    },
    spareNewcomers: () => {
      heldFrom = undefined
    },
    countHeld: (word) => [...gates.keys()].filter((gate) => gate.isHolding(word)).length,
    release: async () => {
      heldFrom = undefined
      const taken = [...gates].filter(([{ stream }]) => stream.writableEnded).map(([, far]) => finished(far))
      for (const gate of gates.keys()) gate.release()
      await Promise.allSettled(taken)
    },
  }
}
