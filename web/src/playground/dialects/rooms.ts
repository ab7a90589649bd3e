import { io } from 'socket.io-client'
import { ask } from '../json-api.ts'
import { type OpenPane, persist, Refusal, type Said } from '../pane-client.ts'
import { recordedFetch, recordedTransport, recordedWebSocket } from '../recorded.ts'

interface Answer<Data> {
  readonly ok: boolean
  readonly data?: Data
  readonly error?: { readonly message: string }
}

interface RoomsMessage {
  readonly sender: { readonly uuid: string; readonly username: string }
  readonly msg: { readonly msgId: number; readonly txt: string; readonly timestamp: number }
}

/** Requests by `fetch`; what is said comes over Socket.IO, and once more over raw TCP. */
export const openRooms: OpenPane = async ({ person, log, hasRawTcp, heard, live }, { gid }) => {
  const fetch = recordedFetch(log)
  const call = async <Data>(path: string, json?: object, headers = {}) => {
    const { body, text } = await ask(fetch, path, { headers, ...(json && { json }) })
    const answer = body as Answer<Data> | undefined
    if (!answer?.ok) throw new Refusal(answer?.error?.message ?? text)
    return answer.data as Data
  }
  const { username: login, password } = person
  const { uuid } = await call<{ uuid: string }>('/login', { login, password })
  const hello = JSON.stringify({ uuid, room_gid: gid })
  const saidOf = ({ sender, msg }: RoomsMessage): Said => ({
    id: msg.msgId,
    text: msg.txt,
    sender: sender.username,
    words: `msgId ${msg.msgId} · ${msg.timestamp}`,
    isOwn: sender.uuid === uuid,
  })
  const catchUp = async () => {
    const path = `/get-room-history?room_gid=${gid}&limit=50`
    heard((await call<readonly RoomsMessage[]>(path, undefined, { user: uuid })).map(saidOf))
  }
  const socket = io({ transports: [recordedTransport(log)], forceNew: true })
  socket.on('connect', () =>
    socket.emit('auth', hello, () => {
      live(true)
      catchUp().catch(() => live(false))
    }),
  )
  socket.on('disconnect', () => live(false))
  socket.on('message', (message: RoomsMessage) => heard([saidOf(message)]))
  const raw = hasRawTcp ? openRaw(recordedWebSocket(log, 'raw TCP, bridged'), hello) : undefined
  return {
    async say(msg) {
      await call('/send-message', { room_gid: gid, msg }, { user: uuid })
    },
    close() {
      socket.disconnect()
      raw?.close()
    },
  }
}

/** A second ear: what it hears is only in the log. The server carries its bytes to the raw port and back. */
function openRaw(Recorded: typeof WebSocket, hello: string): { close(): void } {
  let ws: WebSocket | undefined
  const connecting = persist(async () => {
    ws = new Recorded(`${location.origin.replace(/^http/, 'ws')}/playground/raw`)
    ws.addEventListener('open', () => ws?.send(hello))
    ws.addEventListener('close', () => connecting.again())
  })
  return {
    close() {
      connecting.stop()
      ws?.close()
    },
  }
}
