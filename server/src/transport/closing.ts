import type { Server as NetServer, Socket } from 'node:net'
import { Server as HttpServer } from '../lib/http.ts'

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
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
}

/** Stops accepting at once. */
export function stop(server: NetServer): Stopped {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    async drain(graceMs) {
      // One that was busy when we began to wait keeps its connection alive after its answer.
      const looking = setInterval(() => {
        if (server instanceof HttpServer) server.closeIdleConnections()
      }, LOOK_EVERY_MS)
      const cutting = setTimeout(() => {
        for (const socket of connections.get(server) ?? []) socket.destroy()
      }, graceMs)
      await closed
      clearInterval(looking)
      clearTimeout(cutting)
    },
  }
}
