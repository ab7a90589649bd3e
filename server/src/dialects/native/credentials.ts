import type { IncomingMessage } from 'node:http'
import { type Chat, ChatError, type SessionDetails } from '../../core/chat.ts'
import { type AddressOf, isLocalRequest } from '../../transport/index.ts'
import type { Asker, Circumstances } from './call.ts'
import { Refusal } from './refusal.ts'

/** The kind of session that opens this dialect, and no other. */
export const KIND = 'native'

const BEARER = /^bearer +(\S+)$/i
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** As long as browsers keep any: when the session ends, which each use of it puts off, is the server's to say. */
const MAX_AGE_SECONDS = 400 * 24 * 3600

/** Browsers take a cookie with this prefix over TLS alone, for this very host and every path. */
const SECURE_NAME = '__Host-parlance'
const LOOPBACK_NAME = 'parlance'

interface CredentialsParts {
  readonly chat: Pick<Chat, 'sessions' | 'credentials'>
  readonly addressOf: AddressOf
  /** The address that people know the server by, where it is set. */
  readonly publicUrl: URL | undefined
}

/** Log-ins: Bearer tokens of programs, and cookies of browsers. */
export class Credentials {
  readonly #parts: CredentialsParts

  constructor(parts: CredentialsParts) {
    this.#parts = parts
  }

  /** Refuses `not_authorized`; and `cross_site`, where a page of another site made a browser send its cookie. */
  async authenticate(request: IncomingMessage): Promise<Asker> {
    const { authorization } = request.headers
    if (authorization !== undefined)
      return this.identify(BEARER.exec(authorization)?.[1], this.#parts.addressOf(request))
    const secret = secretInCookie(request)
    if (secret !== undefined && !SAFE_METHODS.has(request.method ?? '')) this.requireOwnPage(request)
    return this.identify(secret, this.#parts.addressOf(request))
  }

  /** Refuses `not_authorized`. */
  async identify(secret: string | undefined, address: string): Promise<Asker> {
    const { chat } = this.#parts
    const asker = secret === undefined ? undefined : await chat.sessions.identify(secret, KIND)
    if (!asker) throw notAuthorized()
    chat.credentials.noteProof(address)
    return asker
  }

  /** A browser says where a request comes from. Refuses `cross_site` unless it is a page of this server. */
  requireOwnPage(request: IncomingMessage): void {
    if (!this.#isOwnPage(request)) throw new Refusal('cross_site')
  }

  #isOwnPage({ headers: { origin, host, 'sec-fetch-site': site } }: IncomingMessage): boolean {
    if (site === 'same-origin') return true
    if (origin === undefined) return false
    const { publicUrl } = this.#parts
    return origin === publicUrl?.origin || origin === `http://${host}` || origin === `https://${host}`
  }

  channelOf(request: IncomingMessage): Circumstances['channel'] {
    if ('encrypted' in request.socket || this.#isBehindTls(request)) return 'tls'
    return isLocalRequest(request) ? 'loopback' : 'plain'
  }

  /**
   * Whether a proxy ended TLS: a browser says what its page came by, else the public address tells. A page over plain
   * http may have another name of a server whose public address is https.
   */
  #isBehindTls(request: IncomingMessage): boolean {
    const { origin = '' } = request.headers
    if (origin.startsWith('http://')) return false
    if (origin.startsWith('https://') && this.#isOwnPage(request)) return true
    return this.#parts.publicUrl?.protocol === 'https:'
  }
}

/**
 * The secret in a browser's cookie. The name without the prefix counts on this machine alone, where it is given: over
 * TLS, whoever answers for a sister domain, or over plain http, could set it and log a visitor in as somebody else.
 */
export function secretInCookie(request: IncomingMessage): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const secretOf = (name: string) => pairs.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
  const plain = secretOf(LOOPBACK_NAME)
  return plain !== undefined && isLocalRequest(request) ? plain : secretOf(SECURE_NAME)
}

/** The Set-Cookie of a log-in. Refuses plain http from elsewhere: anybody on the way could read the cookie. */
export function cookieOf(secret: string, channel: Circumstances['channel']): string {
  const rest = `Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax`
  switch (channel) {
    case 'tls':
      return `${SECURE_NAME}=${secret}; ${rest}; Secure`
    case 'loopback':
      return `${LOOPBACK_NAME}=${secret}; ${rest}`
    case 'plain':
      throw new Refusal('invalid_request', {
        detail: 'A cookie needs https here: over plain http anybody on the way could read it.',
        faults: [{ pointer: '#/cookie', detail: 'needs https, or plain http on the machine of the server' }],
      })
  }
}

const notAuthorized = (): Refusal =>
  new Refusal('not_authorized', { headers: { 'www-authenticate': 'Bearer' } })

/** A session that has ended during its own request is none: the core's `wrong_credentials` is `not_authorized` there. */
export async function whileItLives(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    throw error instanceof ChatError && error.code === 'wrong_credentials' ? notAuthorized() : error
  }
}

export const sessionName = ({ sessionId }: Pick<SessionDetails, 'sessionId'>): string => `s_${sessionId}`
