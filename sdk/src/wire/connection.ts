import type { Runtime, Socket } from '../lib/runtime.ts'
import type { Requests, Resume } from '../protocol.ts'
import { ParlanceError } from '../rest/error.ts'
import { type AnswerFrame, parseFrame, type ServerFrame } from './frames.ts'

const PROTOCOL = 'parlance.v1'
const OPENING_MS = 15_000
const SILENCE_MS = 40_000
/** After sleep or a change of network, a connection that lives answers within that time. */
const PROOF_MS = 5_000
export const TICK_MS = 5_000

export type Op = keyof Requests
export type FieldsOf<Op extends keyof Requests> = Omit<Requests[Op]['frame'], 'id' | 'op'>

interface ConnectionParts {
  readonly url: string
  readonly runtime: Runtime
  readonly hello: { readonly token?: string; readonly resume?: Resume }
  onFrame(frame: ServerFrame): void
  /** Once, and last. */
  onEnd(code: number, reason: string): void
}

interface Asked {
  resolve(ok: unknown): void
  reject(error: ParlanceError): void
}

/** One WebSocket from its hello on: requests and their answers, the heartbeat, and the notice of its death. */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #socket: Socket
  readonly #asked = new Map<number, Asked>()
  #lastId = 0
  #isOver = false
  #isReady = false
  #heartbeatMs = 25_000
  #said: number
  #heard: number
  /** When it is taken for dead unless something is heard. */
  #deadline: number

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    const now = parts.runtime.now()
    this.#said = now
    this.#heard = now
    this.#deadline = now + OPENING_MS
    this.#socket = parts.runtime.openSocket(parts.url, PROTOCOL, {
      onOpen: () => this.#say({ op: 'hello', ...parts.hello }),
      onText: (text) => this.#hear(text),
      onClose: (code, reason) => this.#end(code, reason),
    })
  }

  /** Asks, and resolves with the answer's `ok`. Throws a `ParlanceError`: `disconnected` when it broke before. */
  ask<Asking extends Op>(op: Asking, fields: FieldsOf<Asking>): Promise<Requests[Asking]['ok']> {
    if (this.#isOver || !this.#isReady) return ParlanceError.unreached()
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (ok: unknown) => void, reject })
      this.#say({ id, op, ...fields })
    })
  }

  /** Says something that needs no answer; nothing happens while there is no connection. */
  tell<Asking extends Op>(op: Asking, fields: FieldsOf<Asking>): void {
    if (!this.#isOver && this.#isReady) this.#say({ op, ...fields })
  }

  /** Looks at the clock: every few seconds. */
  tick(): void {
    const now = this.#parts.runtime.now()
    if (now >= this.#deadline) this.close(1006, 'silence')
    else if (this.#isReady && now - this.#said >= this.#heartbeatMs - TICK_MS) this.#ping()
  }

  /** After sleep or a change of network: asks whether it still lives. */
  prove(): void {
    if (!this.#isReady) return
    this.#deadline = Math.min(this.#deadline, this.#parts.runtime.now() + PROOF_MS)
    this.#ping()
  }

  close(code: number, reason: string): void {
    if (this.#isOver) return
    this.#socket.close()
    this.#end(code, reason)
  }

  #ping(): void {
    // Its answer is what is listened for. When there is none, the silence says so.
    this.ask('ping', {}).catch(() => undefined)
  }

  #say(frame: object): void {
    this.#said = this.#parts.runtime.now()
    this.#socket.send(JSON.stringify(frame))
  }

  #hear(text: string): void {
    if (this.#isOver) return
    this.#heard = this.#parts.runtime.now()
    if (this.#isReady) this.#deadline = this.#heard + SILENCE_MS
    const frame = parseFrame(text)
    if (frame === undefined) return
    if ('re' in frame) {
      this.#answer(frame)
      return
    }
    if (frame.op === 'ready') {
      this.#isReady = true
      this.#heartbeatMs = frame.heartbeat * 1_000
      this.#deadline = this.#heard + SILENCE_MS
    }
    this.#parts.onFrame(frame)
  }

  #answer({ re, ok, error, retryAfter }: AnswerFrame): void {
    const asked = this.#asked.get(re)
    this.#asked.delete(re)
    if (error) asked?.reject(ParlanceError.from(error, retryAfter))
    else asked?.resolve(ok)
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const { reject } of this.#asked.values()) reject(ParlanceError.disconnected())
    this.#asked.clear()
    this.#parts.onEnd(code, reason)
  }
}
