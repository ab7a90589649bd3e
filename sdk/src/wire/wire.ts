import { Live, type Observable } from '../lib/live.ts'
import type { Runtime } from '../lib/runtime.ts'
import type { Requests, Resume } from '../protocol.ts'
import { ParlanceError } from '../rest/error.ts'
import { afterClose, backoffMs } from './backoff.ts'
import { Connection, type FieldsOf, type Op, TICK_MS } from './connection.ts'
import type { ServerFrame } from './frames.ts'

/** Where the connection stands. */
export type ConnectionState =
  /** Not asked for. */
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly attempt: number }
  /** It is being told what it missed. */
  | { readonly phase: 'catching-up' }
  | { readonly phase: 'live' }
  /** `retryAt` in milliseconds of the clock. */
  | { readonly phase: 'waiting'; readonly attempt: number; readonly retryAt: number }
  /** The server wants it not to come back, as when the session has ended. */
  | { readonly phase: 'ended'; readonly code: number; readonly reason: string }

interface WireParts {
  readonly url: string
  readonly runtime: Runtime
  readonly token: () => string | undefined
  readonly resume: () => Resume | undefined
  onFrame(frame: ServerFrame): void
}

/** A connection must have lasted so long before the next attempts count from 0 again. */
const STEADY_MS = 10_000
/** A timer that comes so late has slept. */
const SLEPT_MS = 5_000

/** The socket with all its lives: connects, comes back, and knows when not to. */
export class Wire {
  readonly #parts: WireParts
  readonly #state = new Live<ConnectionState>(() => this.#phase)
  #phase: ConnectionState = { phase: 'idle' }
  #connection: Connection | undefined
  #attempt = 0
  #liveSince = Number.POSITIVE_INFINITY
  /** The time before which a server that said goodbye wants nobody back once it has closed. */
  #notBefore = 0
  #stopWaiting: () => void = () => undefined
  #stopTicking: () => void = () => undefined
  #stopWaking: () => void = () => undefined

  constructor(parts: WireParts) {
    this.#parts = parts
  }

  get state(): Observable<ConnectionState> {
    return this.#state
  }

  get isLive(): boolean {
    return this.#phase.phase === 'live'
  }

  start(): void {
    if (this.#phase.phase !== 'idle' && this.#phase.phase !== 'ended') return
    this.#attempt = 0
    this.#stopWaking = this.#parts.runtime.onWake(() => this.wake())
    this.#tickFrom(this.#parts.runtime.now())
    this.#connect()
  }

  stop(): void {
    this.#leave({ phase: 'idle' })
  }

  /** Does now what is waited for: connects, or has a connection prove that it lives. */
  wake(): void {
    if (this.#phase.phase === 'waiting') this.#connect()
    else this.#connection?.prove()
  }

  ask<Asking extends Op>(op: Asking, fields: FieldsOf<Asking>): Promise<Requests[Asking]['ok']> {
    return this.#connection?.ask(op, fields) ?? ParlanceError.unreached()
  }

  tell<Asking extends Op>(op: Asking, fields: FieldsOf<Asking>): void {
    this.#connection?.tell(op, fields)
  }

  #enter(phase: ConnectionState): void {
    this.#phase = phase
    this.#state.changed()
  }

  #leave(phase: ConnectionState): void {
    this.#stopWaiting()
    this.#stopTicking()
    this.#stopWaking()
    this.#enter(phase)
    const connection = this.#connection
    this.#connection = undefined
    connection?.close(1000, 'stopped')
  }

  #connect(): void {
    this.#stopWaiting()
    this.#liveSince = Number.POSITIVE_INFINITY
    this.#enter({ phase: 'connecting', attempt: this.#attempt })
    const { url, runtime, token, resume } = this.#parts
    const [secret, place] = [token(), resume()]
    const hello = { ...(secret !== undefined && { token: secret }), ...(place && { resume: place }) }
    const connection: Connection = new Connection({
      url,
      runtime,
      hello,
      onFrame: (frame) => this.#connection === connection && this.#hear(frame),
      onEnd: (code, reason) => this.#connection === connection && this.#lost(code, reason),
    })
    this.#connection = connection
    this.#notBefore = 0
  }

  #hear(frame: ServerFrame): void {
    if (frame.op === 'ready') this.#enter({ phase: 'catching-up' })
    if (frame.op === 'goodbye') this.#notBefore = this.#parts.runtime.now() + frame.reconnectIn
    if (frame.op === 'live') {
      this.#liveSince = this.#parts.runtime.now()
      this.#enter({ phase: 'live' })
    }
    this.#parts.onFrame(frame)
  }

  #lost(code: number, reason: string): void {
    const { runtime } = this.#parts
    const next = afterClose(code)
    if (next === 'end') {
      this.#leave({ phase: 'ended', code, reason })
      return
    }
    this.#connection = undefined
    const now = runtime.now()
    const wasSteady = now - this.#liveSince >= STEADY_MS
    this.#attempt = wasSteady ? 0 : this.#attempt + 1
    const isAtOnce = next === 'again' && (wasSteady || this.#attempt === 1)
    const wait = isAtOnce ? 0 : backoffMs(this.#attempt, runtime.random)
    // A connection that is lost while the server drains may find another node.
    const retryAt = Math.max(now + wait, next === 'again' ? this.#notBefore : 0)
    this.#enter({ phase: 'waiting', attempt: this.#attempt, retryAt })
    this.#stopWaiting = runtime.after(retryAt - now, () => this.#connect())
  }

  #tickFrom(last: number): void {
    this.#stopTicking = this.#parts.runtime.after(TICK_MS, () => {
      const now = this.#parts.runtime.now()
      if (now - last > TICK_MS + SLEPT_MS) this.wake()
      this.#connection?.tick()
      this.#tickFrom(now)
    })
  }
}
