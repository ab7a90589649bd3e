import { within } from '../../server/src/lib/within.ts'
import { BODY_BYTES } from './body.ts'
import type { Ear } from './ear.ts'
import { openWs } from './ws-client.ts'

const ANSWER_MS = 60_000

/** A Socket.IO 4 client on a WebSocket, with no more to it than a load needs. */
interface SocketIoClient {
  emit(event: string, payload: unknown): void
  /** A packet that is text already. */
  sendPacket(packet: string): void
  /** Resolves with the next event of that name, or the one that has come already; rejects when none comes. */
  next(event: string): Promise<string>
  /** From now on, packets as long as a body are messages. */
  listen(ear: Ear): void
  close(): void
}

export async function openSocketIo(port: number): Promise<SocketIoClient> {
  const waiting: { head: string; resolve: (packet: string) => void }[] = []
  const arrived: string[] = []
  let listener: Ear | undefined
  const ws = await openWs({
    port,
    path: '/socket.io/?EIO=4&transport=websocket',
    onText: (bytes, start, end, socket) => {
      if (listener && end - start >= BODY_BYTES) {
        listener.hear(bytes, start, end)
        return
      }
      const packet = bytes.toString('latin1', start, end)
      if (packet === '2') {
        socket.send('3')
        return
      }
      const at = waiting.findIndex(({ head }) => packet.startsWith(head))
      if (at >= 0) waiting.splice(at, 1)[0]?.resolve(packet)
      else if (!listener) arrived.push(packet)
    },
  })
  const nextPacket = (head: string): Promise<string> => {
    const at = arrived.findIndex((packet) => packet.startsWith(head))
    if (at >= 0) return Promise.resolve(arrived.splice(at, 1)[0] ?? '')
    const coming = new Promise<string>((resolve) => waiting.push({ head, resolve }))
    return within(ANSWER_MS, `an event ${head}`, coming)
  }
  await nextPacket('0')
  ws.send('40')
  await nextPacket('40')
  return {
    emit: (event, payload) => ws.send(`42${JSON.stringify([event, payload])}`),
    sendPacket: (packet) => ws.send(packet),
    next: (event) => nextPacket(`42["${event}"`),
    listen: (ear) => {
      listener = ear
      arrived.length = 0
    },
    close: () => ws.close(),
  }
}
