import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import type { Owner } from './owner.ts'

/** A way to a server that a test can cut. */
export interface CuttableProxy {
  readonly port: number
  /** Drops every connection; with `stay`, new ones as well until `restore`. */
  cut(stay?: 'stay'): void
  restore(): void
}

export async function startProxy(
  owner: Owner,
  target: { host: string; port: number },
): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    const far = createConnection(target)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
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
    cut: (stay) => {
      isCut = stay === 'stay'
      drop()
    },
    restore: () => {
      isCut = false
    },
  }
}
