import type { Socket } from 'node:net'
import { networkOf } from './address.ts'

interface StrangerBounds {
  readonly perAddress: number
  readonly inAll: number
}

/** Each takes up to 40 KB: its socket, and 16 KiB of a header. By address only where rate limits are on. */
export const STRANGERS = { perAddress: 2_000, inAll: 10_000 } as const

/**
 * Connections that have not yet said what they want: no whole header of a request, no hello. They cost memory and
 * nobody has counted them as requests. Past a bound the one that has waited longest is cut off, since a client that
 * means it speaks at once.
 */
export class Strangers {
  readonly #bounds: StrangerBounds
  /** In the order they came. */
  readonly #all = new Map<Socket, string>()
  readonly #byAddress = new Map<string, Set<Socket>>()
  /** One listener for all: a closure each would be kept with its connection. */
  readonly #forget: (this: Socket) => void

  constructor(bounds: StrangerBounds) {
    this.#bounds = bounds
    const forget = (socket: Socket) => this.delete(socket)
    this.#forget = function (this: Socket) {
      forget(this)
    }
  }

  /** One that has come. It is forgotten when it closes. */
  add(socket: Socket): void {
    if (this.#all.has(socket)) return
    const address = networkOf(socket.remoteAddress)
    const others = this.#byAddress.get(address) ?? new Set()
    this.#byAddress.set(address, others.add(socket))
    this.#all.set(socket, address)
    socket.on('close', this.#forget)
    if (others.size > this.#bounds.perAddress) this.#cutOff(others.values().next().value)
    if (this.#all.size > this.#bounds.inAll) this.#cutOff(this.#all.keys().next().value)
  }

  /** It has said what it wants, or is gone. */
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
