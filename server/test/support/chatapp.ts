import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { until } from './until.ts'

/** A name that no earlier run has taken. */
export const uniqueName = (hint: string): string => `${hint}-${randomBytes(5).toString('hex')}`

export interface Frame {
  readonly success: boolean
  readonly type: string
  readonly data?: unknown
  readonly error?: string
}

export type Event = Readonly<Record<string, unknown>>

export const success = (type: string, data: unknown): Frame => ({ success: true, type, data })
export const failure = (type: string, error: string): Frame => ({ success: false, type, error })

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** A client of the kind in the wild: fetch for the HTTP part, `ws` with the cookie for the rest. */
export class ChatappHttp {
  readonly url: string
  readonly #clients: ChatappClient[] = []

  constructor(url: string) {
    this.url = url
  }

  /** Ends every connection that it opened: a server that is not ours would keep them. */
  close(): void {
    for (const { ws } of this.#clients) ws.terminate()
  }

  async call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), { method, ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body) })
  }

  /** A new account's username. */
  async register(hint: string, password = 'correct horse'): Promise<string> {
    const username = uniqueName(hint)
    const { status, text } = await this.post('/register', { username, password, fullname: `The ${hint}` })
    assert.deepEqual({ status, text }, { status: 201, text: 'registered' })
    return username
  }

  /** The Cookie header of a fresh login. */
  async login(username: string, password = 'correct horse'): Promise<string> {
    const { status, headers } = await this.post('/auth/login', { username, password })
    assert.equal(status, 202)
    return headers.get('set-cookie')?.split(';')[0] ?? ''
  }

  /** A new account, connected. */
  async join(hint: string): Promise<ChatappClient> {
    const username = await this.register(hint)
    return this.connect(username, await this.login(username))
  }

  async connect(username: string, cookie: string): Promise<ChatappClient> {
    const client = this.open({ cookie }, username)
    // Frames are handled in order: once this is answered, the connection receives all events.
    assert.deepEqual(await client.ask({ type: 'ping' }), success('ping', 'pong'))
    return client
  }

  open(headers: Readonly<Record<string, string>>, username = ''): ChatappClient {
    const ws = new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws`, { headers })
    const client = new ChatappClient(ws, username)
    this.#clients.push(client)
    return client
  }
}

export class ChatappClient {
  readonly ws: WebSocket
  readonly username: string
  /** Frames that arrived and were not yet taken. */
  readonly frames: Frame[] = []
  readonly closed: Promise<{ code: number; reason: string }>

  constructor(ws: WebSocket, username: string) {
    this.ws = ws
    this.username = username
    ws.on('message', (data) => this.frames.push(JSON.parse(String(data))))
    ws.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  async send(event: Event | string): Promise<void> {
    if (this.ws.readyState === WebSocket.CONNECTING) await once(this.ws, 'open')
    this.ws.send(typeof event === 'string' ? event : JSON.stringify(event))
  }

  /** Takes the first frame of that type. */
  next(type: string, withinMs?: number): Promise<Frame> {
    const isNext = () => {
      const at = this.frames.findIndex((frame) => frame.type === type)
      if (at >= 0) return this.frames.splice(at, 1)[0]
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error('the connection was closed')
      return undefined
    }
    return until(`a ${type} frame for ${this.username}`, isNext, withinMs)
  }

  /** Sends an event and takes the first frame of its type. */
  async ask(event: Event, withinMs?: number): Promise<Frame> {
    await this.send(event)
    return this.next(String(event.type), withinMs)
  }

  /** The success data of an event. */
  async data<T>(event: Event): Promise<T> {
    const frame = await this.ask(event)
    assert.ok(frame.success, frame.error ?? 'no error told')
    return frame.data as T
  }

  /** Resolves when all frames that the server sent before have arrived. */
  async settle(withinMs?: number): Promise<readonly Frame[]> {
    assert.deepEqual(await this.ask({ type: 'ping' }, withinMs), success('ping', 'pong'))
    return this.frames
  }

  async close(): Promise<void> {
    this.ws.close()
    await this.closed
  }
}
