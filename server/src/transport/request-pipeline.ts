import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Holder, MemoryBudget } from '../lib/memory-budget.ts'
import { runNextTurn } from '../lib/timers.ts'
import { type AddressOf, networkOf } from './address.ts'
import { GatheredRequest } from './gathered-request.ts'
import { Limits } from './limits.ts'
import { STRANGERS, Strangers } from './strangers.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly handle: Handle
  /** Bytes that a waiting request takes besides its body. */
  readonly headerBytes?: number
}

interface RequestPipelineOptions {
  /** The listener's connections without a request yet: each is removed with its first request. */
  readonly strangers?: Strangers
  /** Counts the bytes of unfinished bodies and unread answers. */
  readonly memory?: MemoryBudget
  readonly addressOf?: AddressOf
}

/** A peer that takes none of its answer for this long is cut off. */
const STALL_MS = 10_000
/** Requests of one connection that wait before it is no longer read, and before it is cut off. */
const PAUSE_AT = 32
const MAX_PIPELINED = 1_000

/** The requests under way on a listener, and what of their answers nobody has read yet. */
export class RequestPipeline {
  /** In the order they began. */
  readonly #underWay = new Map<Socket, Pick<Exchange, 'request' | 'response'>>()
  readonly #waiting = new Map<Socket, Exchange[]>()
  /** Begun, and not looked at until there is room for their answers. One a connection. */
  readonly #deferred: Exchange[] = []
  readonly #strangers: Strangers
  readonly #memory: MemoryBudget
  readonly #addressOf: AddressOf
  #isClosing = false

  constructor({ strangers, memory, addressOf }: RequestPipelineOptions = {}) {
    this.#strangers = strangers ?? new Strangers(STRANGERS)
    this.#memory = memory ?? new Limits(false).memory
    this.#addressOf = addressOf ?? (({ socket }) => networkOf(socket.remoteAddress))
    this.#memory.watch(() => this.#holders())
  }

  /**
   * Handles a request once the connection's earlier ones are answered and read: HTTP allows a client to send a
   * thousand at once.
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
    waiting.push({ request, response, handle, headerBytes: headerBytesOf(request) })
    // In the next turn: Node reads on at the end of each request that it has parsed. Reading the body of another request
    // starts it again, hence the bound.
    if (waiting.length % PAUSE_AT === 0) runNextTurn(() => this.#pause(socket))
    if (waiting.length > MAX_PIPELINED) socket.destroy()
  }

  /** Notes a request that someone else handles at once. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    this.#strangers.delete(request.socket)
    if (!this.#underWay.has(request.socket)) this.#enter({ request, response })
  }

  /** From now on the answer to a request is the last of its connection. */
  close(): void {
    this.#isClosing = true
  }

  /** Nothing has moved on the connection for as long as it was given. */
  onTimeout(socket: Socket): void {
    const response = this.#underWay.get(socket)?.response
    // The client waits for our answer, not we for the client.
    if (response?.writableLength === 0) socket.setTimeout(STALL_MS)
    else socket.destroy()
  }

  /** The exchange under way on a connection, if there is one. */
  find(socket: Duplex): Pick<Exchange, 'request' | 'response'> | undefined {
    return socket instanceof Socket ? this.#underWay.get(socket) : undefined
  }

  #pause(socket: Socket): void {
    if (this.#waiting.has(socket)) socket.pause()
  }

  #enter(exchange: Pick<Exchange, 'request' | 'response'>): void {
    const { request, response } = exchange
    const { socket } = request
    this.#underWay.set(socket, exchange)
    this.#memory.wake()
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
    this.#enter(exchange)
    if (this.#isClosing) exchange.response.setHeader('connection', 'close')
    const isFull = this.#memory.relieve()
    if (!isFull && this.#deferred.length === 0) exchange.handle(exchange.request, exchange.response)
    // The memory of those given up is free at the end of the turn.
    else if (this.#deferred.push(exchange) === 1) runNextTurn(this.#handleDeferred)
  }

  /** One a turn, so that each finds counted what the one before has added. */
  readonly #handleDeferred = (): void => {
    this.#memory.relieve()
    const exchange = this.#deferred.shift()
    if (exchange && !exchange.request.socket.destroyed) exchange.handle(exchange.request, exchange.response)
    if (this.#deferred.length > 0) runNextTurn(this.#handleDeferred)
  };

  *#holders(): Generator<Holder> {
    for (const [socket, { request, response }] of this.#underWay) {
      const heldBytes = response.writableLength + bodyBytesOf(request) + bytesOf(this.#waiting.get(socket))
      if (heldBytes === 0) continue
      const address = this.#addressOf(request)
      yield { address, heldBytes, sharedBytes: 0, cutOff: () => socket.destroy() }
    }
  }
}

const bodyBytesOf = (request: IncomingMessage): number =>
  request instanceof GatheredRequest ? request.bodyBytes : 0

/** Bytes that a waiting request takes besides its header and body. */
const REQUEST_BYTES = 2 * 1024

const bytesOf = (waiting: readonly Exchange[] = []): number =>
  waiting.reduce((sum, { headerBytes = 0, request }) => sum + headerBytes + bodyBytesOf(request), 0)

const headerBytesOf = ({ rawHeaders, url = '' }: IncomingMessage): number =>
  rawHeaders.reduce((sum, text) => sum + text.length, url.length + REQUEST_BYTES)
