import { randomInt } from 'node:crypto'
import type { Frame, OriginId, Sink } from '../delivery/index.ts'
import type { WsConnection } from '../transport/index.ts'
import { CODES, type PusherCode } from './errors.ts'
import { errorFrame, PING } from './frames.ts'
import { QUOTAS } from './quotas.ts'
import type { Subscription } from './subscription.ts'
import type { Member } from './wire.ts'

const SOCKET_ID_RANGE = 10_000_000_000

/** Two numbers of ten digits, about 66 random bits: no two nodes give the same. */
const newSocketId = (): string => `${randomInt(SOCKET_ID_RANGE)}.${randomInt(SOCKET_ID_RANGE)}`

/** A client of this node, as the application sees it. */
export interface PusherConnection {
  readonly socketId: string
  /** The id of the request that opened it, for lines of the log. */
  readonly requestId: string
  /** Closes it with 4009, after which clients do not reconnect by themselves. */
  terminate(): void
  /** Counts its effects against that account, together with the account's other connections. The first call holds. */
  belongTo(accountId: OriginId): void
  /** Called once when it is gone, at once when it is gone already. */
  onClose(listener: () => void): void
}

/** One client. */
export class Connection implements PusherConnection {
  readonly socketId = newSocketId()
  /** The client's address, as limits count it. */
  readonly address: string
  readonly sink: Sink
  readonly subscriptions = new Map<string, Subscription>()
  /** The user that the connection has signed in as. */
  user: Member | undefined
  #accountId: OriginId | undefined
  readonly #ws: WsConnection
  readonly #onClose: (() => void)[] = []
  #isClosed = false
  #heardAt = performance.now()
  #pingedAt: number | undefined
  #second = 0
  #eventsInSecond = 0

  constructor(ws: WsConnection, address: string) {
    this.#ws = ws
    this.address = address
    this.sink = ws.sink
  }

  get requestId(): string {
    return this.#ws.requestId
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(frame: Frame): void {
    this.#ws.sendFrame(frame)
  }

  /** Says why and closes. The code's range tells the client whether to come back. */
  fail(code: PusherCode, message: string): void {
    if (this.#isClosed) return
    failWebSocket(this.#ws, code, message)
    // Nothing may follow the close frame.
    this.end()
  }

  /** Ends the connection, which is gone or will be once it answers the close frame: nothing more is sent or heard. */
  end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const listener of this.#onClose) listener()
  }

  belongTo(accountId: OriginId): void {
    this.#accountId ??= accountId
  }

  /** The account, else the user, that all effects of this connection count against; undefined when neither is known. */
  ownerId(memberId: string | undefined): OriginId | undefined {
    if (this.#accountId !== undefined) return this.#accountId
    const userId = this.user?.userId ?? memberId
    return userId === undefined ? undefined : `user ${userId}`
  }

  terminate(): void {
    this.fail(CODES.unauthorized, 'You got disconnected by the app.')
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) listener()
    else this.#onClose.push(listener)
  }

  /** Its next message waits while so many answers do. */
  get isCrowded(): boolean {
    return this.#ws.isCrowded
  }

  drained(): Promise<void> {
    return this.#ws.drained()
  }

  /** Whether one more client event is allowed in this second. */
  mayTrigger(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#eventsInSecond = 0
    }
    return ++this.#eventsInSecond <= QUOTAS.clientEventsPerSecond
  }

  /**
   * Asks a silent client whether it is there. Any message is an answer, and so is a ping frame. False when it
   * was asked and has been silent for `pongTimeoutMs`.
   */
  checkAlive(
    nowMs: number,
    { silenceMs, pongTimeoutMs }: { silenceMs: number; pongTimeoutMs: number },
  ): boolean {
    if (this.#ws.isAlive) {
      this.#ws.isAlive = false
      this.#heardAt = nowMs
      this.#pingedAt = undefined
    } else if (this.#pingedAt !== undefined) {
      return nowMs - this.#pingedAt < pongTimeoutMs
    } else if (nowMs - this.#heardAt >= silenceMs) {
      this.#pingedAt = nowMs
      this.send(PING)
    }
    return true
  }
}

export function failWebSocket(ws: WsConnection, code: PusherCode, message: string): void {
  ws.sendFrame(errorFrame({ code, message }))
  ws.close(code, message)
}
