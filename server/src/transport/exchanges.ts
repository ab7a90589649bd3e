import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { runNextTurn } from '../lib/timers.ts'
import { STRANGERS, Strangers } from './strangers.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly handle: Handle
}

/** A peer that takes none of its answer for this long is cut off. */
const STALL_MS = 10_000
/** Answers that wait for their readers, all together; past it those that wait longest are given up. */
const MAX_UNREAD_BYTES = 256 * 1024 * 1024
const COUNT_EVERY_MS = 10

/** Requests of one connection that wait before it is no longer read, and before it is cut off. */
const PAUSE_AT = 32
const MAX_PIPELINED = 1_000

/** The requests under way on a listener, and what of their answers nobody has read yet. */
export class Exchanges {
  /** In the order they began. */
  readonly #underWay = new Map<Socket, ServerResponse>()
  readonly #waiting = new Map<Socket, Exchange[]>()
  /** Begun, and not looked at until there is room for their answers. One a connection. */
  readonly #deferred: Exchange[] = []
  readonly #strangers: Strangers
  #countedAt = 0
  #isClosing = false

  /** `strangers`: those of the listener, no longer among them once they have asked something. */
  constructor(strangers = new Strangers(STRANGERS)) {
    this.#strangers = strangers
  }

  /**
   * Handles a request, the next of a connection after the one before: who sends a thousand at once, which HTTP
   * allows, has the thousandth looked at when the others are answered and read.
   */
  take(request: IncomingMessage, response: ServerResponse, handle: Handle): void {
    const { socket } = request
    this.#strangers.delete(socket)
    if (!this.#underWay.has(socket)) {
      this.#begin({ request, response, handle })
      return
    }
    const waiting = this.#waiting.get(socket) ?? []
    this.#waiting.set(socket, waiting)
    waiting.push({ request, response, handle })
    // Reading the body of another request starts it again, hence the bound.
    if (waiting.length >= PAUSE_AT) socket.pause()
    if (waiting.length > MAX_PIPELINED) socket.destroy()
  }

  /** Of a request that someone else handles at once. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    this.#strangers.delete(request.socket)
    if (!this.#underWay.has(request.socket)) this.#enter(request.socket, response)
  }

  /** From now on the answer to a request is the last of its connection. */
  close(): void {
    this.#isClosing = true
  }

  /** Nothing has moved on the connection for as long as it was given. */
  onTimeout(socket: Socket): void {
    const response = this.#underWay.get(socket)
    // It waits for us, not we for it.
    if (response?.writableLength === 0) socket.setTimeout(STALL_MS)
    else socket.destroy()
  }

  #enter(socket: Socket, response: ServerResponse): void {
    this.#underWay.set(socket, response)
    socket.setTimeout(STALL_MS)
    response.once('close', () => this.#leave(socket))
  }

  #leave(socket: Socket): void {
    // Deleted first, so that the order stays that of beginning.
    this.#underWay.delete(socket)
    const next = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift()
    if (next) this.#begin(next)
    else if (this.#waiting.delete(socket)) socket.resume()
  }

  #begin(exchange: Exchange): void {
    this.#enter(exchange.request.socket, exchange.response)
    if (this.#isClosing) exchange.response.setHeader('connection', 'close')
    const isFull = this.#relieve()
    if (!isFull && this.#deferred.length === 0) exchange.handle(exchange.request, exchange.response)
    // The memory of those given up is free at the end of the turn.
    else if (this.#deferred.push(exchange) === 1) runNextTurn(this.#handleDeferred)
  }

  /** One a turn, so that each finds counted what the one before has added. */
  readonly #handleDeferred = (): void => {
    this.#relieve()
    const exchange = this.#deferred.shift()
    if (exchange && !exchange.request.socket.destroyed) exchange.handle(exchange.request, exchange.response)
    if (this.#deferred.length > 0) runNextTurn(this.#handleDeferred)
  }

  /** Gives up the oldest unread answers while they are too many. Answers whether they were. */
  #relieve(): boolean {
    const now = performance.now()
    if (now - this.#countedAt < COUNT_EVERY_MS) return false
    this.#countedAt = now
    let unread = 0
    for (const response of this.#underWay.values()) unread += response.writableLength
    if (unread <= MAX_UNREAD_BYTES) return false
    for (const [socket, { writableLength }] of this.#underWay) {
      if (writableLength > 0) socket.destroy()
      unread -= writableLength
      if (unread <= MAX_UNREAD_BYTES) break
    }
    return true
  }
}
