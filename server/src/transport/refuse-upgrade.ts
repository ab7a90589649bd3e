import type { IncomingMessage } from 'node:http'
import { requestIdOf } from './request-ids.ts'

interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** By default the text of the status. */
  readonly body?: string
}

/** Answers a handshake with plain HTTP instead. */
export function refuseUpgrade(
  request: IncomingMessage,
  status: number,
  text: string,
  { headers = {}, body = text }: RefusalOptions = {},
): void {
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestIdOf(request),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const { socket } = request
  // A peer that never ends its side must not keep ours.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${text}\r\n${lines.join('')}\r\n${body}`)
}
