import { ask } from '../json-api.ts'
import { type OpenPane, persist, Refusal, type Said } from '../pane-client.ts'
import { recordedFetch, recordedWebSocket } from '../recorded.ts'

interface ChatappMessage {
  readonly id: number
  readonly sender_username: string
  readonly content: string
  readonly sent_at: number
}

interface Event {
  readonly success: boolean
  readonly type: string
  readonly data?: unknown
  readonly error?: string
}

/** A cookie by `fetch`, which no script can read, and then one WebSocket for everything. */
export const openChatapp: OpenPane = async ({ person, log, heard, live }, { id: conversation_id }) => {
  const { username, password } = person
  const fetch = recordedFetch(log)
  const Recorded = recordedWebSocket(log, 'WebSocket')
  const saidOf = ({ id, content, sender_username, sent_at }: ChatappMessage): Said => ({
    id,
    text: content,
    sender: sender_username,
    words: `id ${id} · ${sent_at}`,
    isOwn: sender_username === username,
  })
  /** Sends wait for their answer in order: the protocol has no ids of requests. */
  const waiting: { resolve(): void; reject(error: Error): void }[] = []
  let ws: WebSocket | undefined
  const settle = ({ success, data, error }: Event) => {
    if (success && (data as ChatappMessage).sender_username !== username) return
    const next = waiting.shift()
    if (success) next?.resolve()
    else next?.reject(new Refusal(error))
  }
  const onEvent = (event: Event) => {
    if (event.type === 'send_message') settle(event)
    if (!event.success) return
    const { messages, conversation_id: place } = event.data as {
      messages?: readonly ChatappMessage[]
      conversation_id?: number
    }
    if (place !== conversation_id) return
    if (event.type === 'send_message') heard([saidOf(event.data as ChatappMessage)])
    if (event.type === 'get_messages') heard((messages ?? []).map(saidOf).reverse())
  }
  const connecting = persist(async () => {
    const { status, text } = await ask(fetch, '/auth/login', { json: { username, password } })
    if (status !== 202) throw new Refusal(text)
    const socket = new Recorded(`${location.origin.replace(/^http/, 'ws')}/ws`)
    ws = socket
    socket.addEventListener('open', () => {
      live(true)
      socket.send(JSON.stringify({ type: 'get_messages', conversation_id }))
    })
    socket.addEventListener('message', ({ data }) => onEvent(JSON.parse(String(data)) as Event))
    socket.addEventListener('close', () => {
      live(false)
      for (const { reject } of waiting.splice(0)) reject(new Refusal('The connection has closed.'))
      connecting.again()
    })
  })
  return {
    say(content) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (ws?.readyState !== WebSocket.OPEN)
        throw new Refusal('There is no connection. Say it again when the lamp is lit.')
      waiting.push({ resolve, reject })
      ws.send(JSON.stringify({ type: 'send_message', conversation_id, content }))
      return promise
    },
    close() {
      connecting.stop()
      ws?.close()
    },
  }
}
