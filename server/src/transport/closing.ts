import { Server as HttpServer } from 'node:http'
import type { Server as NetServer } from 'node:net'

/** A server that was told to stop: it accepts nothing new, and `drain` waits for what it has. */
export interface Stopped {
  /** Lets what is connected end, up to `graceMs`, then cuts it. */
  drain(graceMs: number): Promise<void>
}

/** Stops accepting at once. */
export function stop(server: NetServer): Stopped {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    async drain(graceMs) {
      if (server instanceof HttpServer) server.closeIdleConnections()
      const timer = setTimeout(() => {
        if (server instanceof HttpServer) server.closeAllConnections()
      }, graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}
