import { createServer, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { listen } from '../../src/transport/index.ts'
import type { Owner } from './owner.ts'

/** A port for programs that speak no TLS, as stunnel opens one: what they say goes to `port` of this machine over TLS. */
export async function tlsTunnelTo(owner: Owner, port: number): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (plain) => {
    const secure = connect({ port, host: '127.0.0.1', servername: 'localhost' })
    for (const socket of [plain, secure]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    }
    plain.once('close', () => secure.destroy())
    secure.once('close', () => plain.destroySoon())
    plain.pipe(secure)
    secure.pipe(plain)
  })
  const bound = await listen(server, '127.0.0.1', 0)
  owner.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return bound
}
