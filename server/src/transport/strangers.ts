import type { Socket } from 'node:net'
import { networkOf } from './address.ts'

export interface StrangerBounds {
  readonly perAddress: number
  readonly inAll: number
}

/** A connection takes up to 40 KB: its socket, and 16 KiB of a header. `perAddress` holds only with rate limits on. */
export const STRANGERS = { perAddress: 2_000, inAll: 10_000 } as const

/** A connection that has begun a handshake of TLS takes 72 KB. */
export const HANDSHAKES = { perAddress: 500, inAll: 2_000 } as const

/**
 * Connections that have sent no whole header of a request and no hello yet. They cost memory and are not counted as
 * requests. Past a bound the connection that has waited longest is cut off, since a serious client speaks at once.
 */
export class Strangers {
  readonly #bounds: StrangerBounds
  /** Connection → its address, in the order of arrival. */
  readonly #all = new Map<Socket, string>()
  readonly #byAddress = new Map<string, Set<Socket>>()
  /** One listener for all connections: a closure for each would be kept with its connection. */
  readonly #forget: (this: Socket) => void

  constructor(bounds: StrangerBounds) {
    this.#bounds = bounds
    const forget = (socket: Socket) => this.delete(socket)
    this.#forget = function (this: Socket) {
      forget(this)
    }
  }

  /** Adds a new connection, which is removed when it closes. `address` is its network, where a proxy has said it. */
  add(socket: Socket, address = networkOf(socket.remoteAddress)): void {
    if (this.#all.has(socket)) return
    const others = this.#byAddress.get(address) ?? new Set()
    this.#byAddress.set(address, others.add(socket))
    this.#all.set(socket, address)
    socket.on('close', this.#forget)
    if (others.size > this.#bounds.perAddress) this.#cutOff(others.values().next().value)
    if (this.#all.size > this.#bounds.inAll) this.#cutOff(this.#all.keys().next().value)
  }

  /** Removes a connection that has sent its request or hello, or is gone. */
  delete(socket: Socket): void {
    const address = this.#all.get(socket)
    if (address === undefined) return
    this.#all.delete(socket)
    const others = this.#byAddress.get(address)
    others?.delete(socket)
    if (others?.size === 0) this.#byAddress.delete(address)
    socket.off('close', this.#forget)
  }

  #cutOff(socket: Socket | undefined): void {
    if (!socket) return
    this.delete(socket)
    socket.destroy()
  }
}
