import { once } from 'node:events'
import { connect } from 'node:net'
import type { Engine } from './engine.ts'

/** Empties a Redis under its users, as an operator's FLUSHALL does. */
export async function flushRedis({ port }: Engine): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write('FLUSHALL\r\n')
  const [answer] = await once(socket, 'data')
  socket.destroy()
  if (!String(answer).startsWith('+OK')) throw new Error(`Redis answered ${answer}`)
}
