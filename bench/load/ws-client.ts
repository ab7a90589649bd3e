import { endOfWsFrame, LengthFraming } from './frames.ts'
import { openSocket } from './socket.ts'

const TEXT = 0x81
const CLOSE = 0x88
const PING = 0x89
const PONG = 0x8a

interface WsClientOptions {
  readonly port: number
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text frame's payload, from `start` to `end`. It may come before `openWs` resolves. */
  readonly onText: (bytes: Buffer, start: number, end: number, ws: WsClient) => void
  readonly onClose?: (reason: string) => void
}

interface WsClient {
  send(payload: string): void
  close(): void
}

/** A WebSocket client with no more to it than a load needs. Its masking key is zero, which RFC 6455 allows. */
export async function openWs(options: WsClientOptions): Promise<WsClient> {
  const { port, path, headers = {}, onText, onClose } = options
  const opened = Promise.withResolvers<void>()
  let isOpen = false
  let head = ''
  const ws: WsClient = {
    send: (payload) => socket.write(maskedFrame(TEXT, payload)),
    close: () => socket.destroy(),
  }
  const frames = new LengthFraming(endOfWsFrame, (bytes, start, end) => {
    const first = bytes[start]
    const payload = start + headerBytes(bytes[start + 1] ?? 0)
    if (first === TEXT) onText(bytes, payload, end, ws)
    else if (first === PING) socket.write(maskedFrame(PONG, bytes.toString('latin1', payload, end)))
    else if (first === CLOSE) {
      onClose?.(bytes.toString('utf8', payload + 2, end))
      socket.destroy()
    }
  })
  const socket = await openSocket(port, (chunk, length) => {
    if (isOpen) {
      frames.feed(chunk, length)
      return
    }
    head += chunk.toString('latin1', 0, length)
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    if (!head.startsWith('HTTP/1.1 101')) opened.reject(new Error(`no WebSocket: ${head.slice(0, 200)}`))
    isOpen = true
    opened.resolve()
    const rest = Buffer.from(head.slice(end + 4), 'latin1')
    if (rest.length > 0) frames.feed(rest, rest.length)
  })
  const lines = Object.entries({
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'cGFybGFuY2UgYmVuY2ghIQ==',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  await Promise.race([opened.promise, socket.closed.then(() => Promise.reject(new Error('closed early')))])
  return ws
}

const headerBytes = (second: number): number => {
  const short = second & 0x7f
  return short < 126 ? 2 : short === 126 ? 4 : 10
}

/** The payload is ASCII. */
function maskedFrame(first: number, payload: string): Buffer {
  const length = payload.length
  const header = length < 126 ? 6 : 8
  const frame = Buffer.alloc(header + length)
  frame[0] = first
  if (length < 126) frame[1] = 0x80 | length
  else {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  }
  frame.write(payload, header, 'latin1')
  return frame
}
