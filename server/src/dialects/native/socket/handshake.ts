import type { IncomingMessage } from 'node:http'
import { SUBPROTOCOL } from '@parlance/protocol'
import type { AddressOf, Limits } from '../../../transport/index.ts'
import { type Credentials, secretInCookie } from '../credentials.ts'
import { Refusal } from '../refusal.ts'

/** The facts of a client in its handshake. Not the request itself, which would be kept as long as the connection. */
export interface Caller {
  /** The network that it comes from, as limits count it. */
  readonly address: string
  /** The secret in a browser's cookie. */
  readonly secret: string | undefined
}

interface HandshakeParts {
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly credentials: Credentials
  /** Foreign origins whose pages log in with a token. */
  readonly allowedOrigins: readonly string[]
}

/** Decides about handshakes before they are answered. */
export class Handshakes {
  readonly #parts: HandshakeParts

  constructor(parts: HandshakeParts) {
    this.#parts = parts
  }

  /** Refuses 'rate_limited'; 'invalid_request' without the subprotocol; 'cross_site' for another site's use of a cookie. */
  read(request: IncomingMessage): Caller {
    const { limits, addressOf } = this.#parts
    const address = addressOf(request)
    const wait = limits.take('request', address)
    if (wait > 0) throw new Refusal('rate_limited', { headers: { 'Retry-After': String(wait) } })
    if (!protocolsIn(request).includes(SUBPROTOCOL))
      throw new Refusal('invalid_request', { detail: `Offer the subprotocol ${SUBPROTOCOL}.` })
    return { address, secret: this.#secretIn(request) }
  }

  /** Pages of listed origins use a token: a cookie that the browser adds is none of theirs. */
  #secretIn(request: IncomingMessage): string | undefined {
    const { credentials, allowedOrigins } = this.#parts
    const secret = secretInCookie(request)
    const { origin } = request.headers
    if (secret === undefined || (origin !== undefined && allowedOrigins.includes(origin))) return undefined
    credentials.requireOwnPage(request)
    return secret
  }
}

const protocolsIn = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
