import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

// One for all sockets: what was read is dealt with before the next read.
const shared = Buffer.allocUnsafe(256 * 1024)

interface RawSocket {
  write(data: string | Buffer): void
  destroy(): void
  readonly closed: Promise<void>
}

/** A TCP connection read with as little work as Node allows. `onData` may keep nothing of the chunk. */
export async function openSocket(
  port: number,
  onData: (chunk: Buffer, length: number) => void,
): Promise<RawSocket> {
  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (length) => {
        onData(shared, length)
        return true
      },
    },
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  // A server that goes away is noticed by who waits for its answer.
  socket.on('error', () => socket.destroy())
  return {
    write: (data) => void socket.write(data),
    destroy: () => socket.destroy(),
    closed,
  }
}
