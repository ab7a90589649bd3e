import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

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
const COUNT_EVERY_MS = 500

/** Requests of one connection that wait before it is no longer read, and before it is cut off. */
const PAUSE_AT = 32
const MAX_PIPELINED = 1_000

/** The requests under way on a listener, and what of their answers nobody has read yet. */
export class Exchanges {
  /** In the order they began. */
  readonly #underWay = new Map<Socket, ServerResponse>()
  readonly #waiting = new Map<Socket, Exchange[]>()
  #counting: NodeJS.Timeout | undefined

  /**
   * Handles a request, the next of a connection after the one before: who sends a thousand at once, which HTTP
   * allows, has the thousandth looked at when the others are answered and read.
   */
  take(request: IncomingMessage, response: ServerResponse, handle: Handle): void {
    const { socket } = request
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
    if (!this.#underWay.has(request.socket)) this.#begin({ request, response, handle: () => undefined })
  }

  /** Nothing has moved on the connection for as long as it was given. */
  onTimeout(socket: Socket): void {
    const response = this.#underWay.get(socket)
    // It waits for us, not we for it.
    if (response?.writableLength === 0) socket.setTimeout(STALL_MS)
    else socket.destroy()
  }

  #begin({ request, response, handle }: Exchange): void {
    const { socket } = request
    // Set anew, so that the order is that of beginning.
    this.#underWay.delete(socket)
    this.#underWay.set(socket, response)
    this.#counting ??= setInterval(() => this.#count(), COUNT_EVERY_MS).unref()
    socket.setTimeout(STALL_MS)
    response.once('close', () => this.#next(socket))
    handle(request, response)
  }

  #next(socket: Socket): void {
    const next = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift()
    if (next) {
      this.#begin(next)
      return
    }
    this.#underWay.delete(socket)
    if (this.#waiting.delete(socket)) socket.resume()
    if (this.#underWay.size > 0) return
    clearInterval(this.#counting)
    this.#counting = undefined
  }

  #count(): void {
    let unread = 0
    for (const response of this.#underWay.values()) unread += response.writableLength
    for (const [socket, response] of this.#underWay) {
      if (unread <= MAX_UNREAD_BYTES) return
      unread -= response.writableLength
      if (response.writableLength > 0) socket.destroy()
    }
  }
}
