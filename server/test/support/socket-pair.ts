import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Two ends of a real TCP connection on loopback. */
export async function socketPair(): Promise<{
  near: Socket
  far: Socket
  [Symbol.asyncDispose](): Promise<void>
}> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const accepted = once(server, 'connection')
  const far = connect(address.port, '127.0.0.1')
  await once(far, 'connect')
  const [near] = (await accepted) as [Socket]
  for (const end of [near, far]) end.on('error', () => end.destroy())
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy()
      far.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
