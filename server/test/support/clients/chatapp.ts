import { type ChatappClient, ChatappHttp, type Event, type Frame } from '../chatapp.ts'
import {
  type Called,
  type Client,
  cannotOpen,
  type Opening,
  type Person,
  type Place,
  refuse,
  type Shown,
  type Stream,
  type Where,
} from './client.ts'

interface WireMessage {
  readonly id: number
  readonly sender_username: string
  readonly content: string
  readonly sent_at: number
  /** In live messages; a history has it once for all. */
  readonly conversation_id?: number
}

const PAGE = 100
/** A server that halts for a while still has the message. */
const SEND_MS = 20_000

/** fetch with the cookie, and `ws`. */
export class ChatappDevice implements Client {
  readonly dialect = 'chatapp'
  readonly cookie: string
  /** For requests; what it hears by the way is not looked at. */
  readonly ws: ChatappClient
  readonly #http: ChatappHttp
  readonly #listeners: ChatappClient[] = []

  private constructor(http: ChatappHttp, cookie: string, ws: ChatappClient) {
    this.#http = http
    this.cookie = cookie
    this.ws = ws
  }

  static register({ url }: Where, { username, password }: Person): Promise<unknown> {
    return new ChatappHttp(url)
      .post('/register', { username, password, fullname: `${username} of chatapp` })
      .then(({ status, text }) => ({ status, text }))
  }

  static async logIn({ url }: Where, { username, password }: Person): Promise<ChatappDevice> {
    const http = new ChatappHttp(url)
    const { status, text, headers } = await http.post('/auth/login', { username, password })
    if (status !== 202) return refuse({ status, text })
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
    return new ChatappDevice(http, cookie, await http.connect(username, cookie))
  }

  async open(opening: Opening): Promise<Called> {
    if (opening.kind !== 'group') cannotOpen(this.dialect, opening)
    const { others, name } = opening
    const members = others.map(({ username }) => username)
    const event = { type: 'create_conversation', members, ...(name !== undefined && { name }) }
    const frame = await this.ask(event)
    return frame.success ? { by: 'id', id: (frame.data as { id: number }).id } : refuse(frame)
  }

  async send({ conversationId }: Place, content: string): Promise<void> {
    await this.ws.send({ type: 'send_message', conversation_id: conversationId, content })
    // Frames are handled in order, so the answer to the next one comes after a refusal.
    await this.ws.settle(SEND_MS)
    const { frames } = this.ws
    const at = frames.findIndex(({ success, type }) => !success && type === 'send_message')
    if (at >= 0) refuse(frames.splice(at, 1)[0])
  }

  async listen({ conversationId }: Place): Promise<readonly Stream[]> {
    const listener = await this.#http.connect(this.ws.username, this.cookie)
    this.#listeners.push(listener)
    const isSaid = ({ success, type, data }: Frame) =>
      success && type === 'send_message' && (data as WireMessage).conversation_id === conversationId
    return [
      {
        transport: 'WebSocket',
        get shown() {
          return listener.frames.filter(isSaid).map(({ data }) => shownOf(data as WireMessage))
        },
      },
    ]
  }

  async history({ conversationId: conversation_id }: Place): Promise<readonly Shown[]> {
    const newestFirst: WireMessage[] = []
    for (;;) {
      const last = newestFirst.at(-1)
      const before = last ? { before: last.id } : {}
      const frame = await this.ws.ask({ type: 'get_messages', conversation_id, ...before })
      if (!frame.success) return refuse(frame)
      const { messages, conversation_id: place } = frame.data as {
        messages: WireMessage[]
        conversation_id: number
      }
      newestFirst.push(...messages.map((message) => ({ ...message, conversation_id: place })))
      if (messages.length < PAGE) return newestFirst.reverse().map(shownOf)
    }
  }

  /** In its list and above the conversation itself. */
  async title({ conversationId: id }: Place): Promise<unknown> {
    const listed = await this.ws.data<{ id: number; name: string }[]>({ type: 'get_conversations' })
    const { name } = await this.ws.data<{ name: string }>({ type: 'get_conversation_info', id })
    return { listed: listed.find((conversation) => conversation.id === id)?.name, name }
  }

  /** The answer, and not an event of the same type that came by the way. */
  async ask(event: Event): Promise<Frame> {
    await this.ws.settle()
    this.ws.frames.length = 0
    return this.ws.ask(event)
  }

  async again(where?: Where): Promise<ChatappDevice> {
    const http = where ? new ChatappHttp(where.url) : this.#http
    const ws = await http.connect(this.ws.username, this.cookie)
    return new ChatappDevice(http, this.cookie, ws)
  }

  async close(): Promise<void> {
    await Promise.all([this.ws, ...this.#listeners].map((client) => client.close()))
  }
}

const shownOf = ({ id, sender_username, content, sent_at, conversation_id }: WireMessage): Shown => ({
  text: content,
  id,
  sender: sender_username,
  place: conversation_id,
  at: sent_at,
})
