import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { SUBPROTOCOL } from '@parlance/protocol'
import { type ClientOptions, WebSocket } from 'ws'
import { assertFrameDocumented, assertGrantDocumented } from './documented-frames.ts'
import { until } from './until.ts'

/** A frame of the server, whatever its kind. */
export interface NativeFrame {
  readonly op?: string
  readonly re?: number | string
  readonly ok?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code: string
    readonly status: number
    readonly errors?: readonly { readonly pointer: string }[]
  }
  readonly conversation?: string
  readonly change?: number
  readonly cursor?: number
  readonly type?: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever comes
  readonly [field: string]: any
}

interface Resumed {
  readonly epoch: string
  readonly cursor: number
  readonly conversations: Readonly<Record<string, number>>
}

/** One connection to `/v1/socket`, which keeps every frame that comes. Each must be one that the document has. */
export class NativeSocket {
  readonly ws: WebSocket
  /** All that came, in order. */
  readonly frames: NativeFrame[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  #asked = 0

  constructor(url: string, headers: Readonly<Record<string, string>> = {}, options: ClientOptions = {}) {
    this.ws = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/socket`, SUBPROTOCOL, { ...options, headers })
    this.ws.on('message', (data) => {
      const frame: NativeFrame = JSON.parse(String(data))
      this.frames.push(frame)
      assertFrameDocumented(frame)
    })
    this.ws.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  /** Says hello, and waits until the connection hears everything. */
  static async live(
    url: string,
    token: string,
    resume?: Resumed,
    options: ClientOptions = {},
  ): Promise<NativeSocket> {
    const socket = new NativeSocket(url, {}, options)
    await socket.send({ op: 'hello', token, ...(resume && { resume }) })
    await socket.next('live')
    return socket
  }

  async send(frame: object | string): Promise<void> {
    if (this.ws.readyState === WebSocket.CONNECTING) await once(this.ws, 'open')
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Waits for the first frame that is so, among all that came and come. */
  find(what: string, isIt: (frame: NativeFrame) => boolean, withinMs?: number): Promise<NativeFrame> {
    return until(
      what,
      () => {
        const found = this.frames.find(isIt)
        if (!found && this.ws.readyState === WebSocket.CLOSED) throw new Error(`closed before ${what}`)
        return found
      },
      withinMs,
    )
  }

  /** The first frame of that op. */
  next(op: string): Promise<NativeFrame> {
    return this.find(op, (frame) => frame.op === op)
  }

  /** The events of a conversation, in the order in which they came. */
  eventsOf(conversation: string): readonly NativeFrame[] {
    return this.frames.filter((frame) => frame.op === 'event' && frame.conversation === conversation)
  }

  /** Sends a request, and answers what the server answers. */
  async ask(op: string, fields: object = {}): Promise<NativeFrame> {
    const id = ++this.#asked
    await this.send({ id, op, ...fields })
    const answer = await this.find(`an answer to ${op}`, ({ re }) => re === id)
    if (answer.ok) assertGrantDocumented(op, answer.ok)
    return answer
  }

  /** As `ask`, of a request that is to be granted. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever comes
  async ok(op: string, fields: object = {}): Promise<any> {
    const { ok, error } = await this.ask(op, fields)
    assert.ok(ok, JSON.stringify(error))
    return ok
  }

  say(conversation: string, body: string): Promise<{ readonly seq: number; readonly version: number }> {
    return this.ok('message.send', { conversation, body, clientId: randomUUID() })
  }

  async close(): Promise<void> {
    this.ws.close()
    await this.closed
  }
}
