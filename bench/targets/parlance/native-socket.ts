import { SOCKET_PATH, SUBPROTOCOL } from '@parlance/protocol'
import { openWs } from '../../load/ws-client.ts'

/** Where a client stands that comes back. */
export interface Resume {
  readonly epoch: string
  readonly cursor: number
  /** The last change that it has of each, by the conversation's name. */
  readonly conversations: Readonly<Record<string, number>>
}

interface Hello {
  readonly token: string
  readonly resume?: Resume
}

/** A connection to the native dialect's socket. */
export interface NativeSocket {
  /** Says hello. Resolves with the frame `ready`. Rejects when the server closes the connection before. */
  hello(hello: Hello): Promise<string>
  /** As `hello`, and waits until it hears all conversations. Answers the frame `ready`. */
  live(hello: Hello): Promise<string>
  /** Resolves once it hears all conversations. */
  readonly isLive: Promise<void>
  /** ASCII. */
  send(frame: string): void
  close(): void
}

type OnFrame = (bytes: Buffer, start: number, end: number) => void

const READY = '{"op":"ready"'
const LIVE = '{"op":"live"'

/** `onFrame` gets every frame, those of the opening too, and keeps none of the bytes. */
export async function openNativeSocket(port: number, onFrame: OnFrame): Promise<NativeSocket> {
  const ready = Promise.withResolvers<string>()
  const live = Promise.withResolvers<void>()
  let isOpening = true
  const ws = await openWs({
    port,
    path: SOCKET_PATH,
    headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL },
    onText: (bytes, start, end) => {
      if (isOpening && startsWith(bytes, start, READY)) ready.resolve(bytes.toString('utf8', start, end))
      if (isOpening && startsWith(bytes, start, LIVE)) {
        isOpening = false
        live.resolve()
      }
      onFrame(bytes, start, end)
    },
    onClose: (reason) => {
      const error = new Error(`closed: ${reason}`)
      ready.reject(error)
      live.reject(error)
    },
  })
  // Each is waited for by who needs it: a rejection that nobody waits for must not end the bench.
  for (const each of [ready, live]) each.promise.catch(() => undefined)
  const hello = (words: Hello) => {
    ws.send(JSON.stringify({ op: 'hello', ...words }))
    return ready.promise
  }
  return {
    hello,
    live: async (words) => {
      const frame = await hello(words)
      await live.promise
      return frame
    },
    isLive: live.promise,
    send: (frame) => ws.send(frame),
    close: () => ws.close(),
  }
}

const startsWith = (bytes: Buffer, start: number, text: string): boolean =>
  bytes.toString('latin1', start, start + text.length) === text
