import type { Server as NetServer, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { Server as HttpServer } from '../lib/http.ts'
import { runAfter, runEvery } from '../lib/timers.ts'

/** A server that was told to stop: it accepts nothing new, and `drain` waits for what it has. */
export interface Stopped {
  /** Lets what is connected end, up to `graceMs`, then cuts it. */
  drain(graceMs: number): Promise<void>
}

const LOOK_EVERY_MS = 50

const connections = new WeakMap<NetServer, Set<Socket>>()

/** Remembers what is connected, whatever it has become: an upgraded connection is no longer HTTP's. */
export function remember(server: NetServer): void {
  const open = new Set<Socket>()
  connections.set(server, open)
  // One for all: a closure each, and what `once` wraps it in, are 200 bytes a connection.
  function forget(this: Socket): void {
    open.delete(this)
  }
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', forget)
  })
}

/** At most so long a moment is waited for in which nobody comes. */
const QUIET_MS = 100

/**
 * Stops listening once the accept queue is empty. Sooner, connections that the kernel has accepted and Node has not
 * would be reset, and their clients could not know whether a request ran.
 */
export async function stop(server: NetServer): Promise<Stopped> {
  await quiet(server)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    async drain(graceMs) {
      // A connection that was busy when we began to wait stays open after its answer.
      const looking = runEvery(LOOK_EVERY_MS, () => {
        if (server instanceof HttpServer) server.closeIdleConnections()
      })
      const cutting = runAfter(graceMs, () => {
        for (const socket of connections.get(server) ?? []) socket.destroy()
      })
      await closed
      clearInterval(looking)
      clearTimeout(cutting)
    },
  }
}

/** Resolves right after the event loop has looked for connections and found none. */
async function quiet(server: NetServer): Promise<void> {
  let hasCome = false
  const note = () => {
    hasCome = true
  }
  server.on('connection', note)
  const until = performance.now() + QUIET_MS
  // In the turn that is under way it may have looked before we began.
  for (let quietTurns = 0; quietTurns < 2 && performance.now() < until; ) {
    hasCome = false
    await setImmediate()
    quietTurns = hasCome ? 0 : quietTurns + 1
  }
  server.off('connection', note)
}
