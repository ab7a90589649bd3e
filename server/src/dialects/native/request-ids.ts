import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** Ids of requests, which answers, problems and the log name: random for the process, and counted. */
export class RequestIds {
  readonly #process = randomBytes(6).toString('base64url')
  readonly #ids = new WeakMap<object, string>()
  #count = 0

  of(request: FastifyRequest): string {
    const known = this.#ids.get(request.raw)
    if (known !== undefined) return known
    const id = this.next()
    this.#ids.set(request.raw, id)
    return id
  }

  /** The id of a request that came over the socket. */
  next(): string {
    return `${this.#process}-${(++this.#count).toString(36)}`
  }
}
