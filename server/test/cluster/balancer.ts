import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import type { Node } from './node.ts'

/** One address for all nodes: each connection goes to the next of them, whichever client it is from. */
export async function startBalancer(nodes: readonly Node[]): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((near) => {
    const { hostname: host, port } = new URL(nodes[connections++ % nodes.length]?.url ?? '')
    const far = createConnection({ host, port: Number(port) })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
