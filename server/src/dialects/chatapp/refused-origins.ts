import type { IncomingMessage } from 'node:http'
import type { Logger } from '../../observe/index.ts'
import { requestIdOf } from '../../transport/index.ts'

/** Different origins that are logged; a caller can invent as many as it likes, so later ones are not. */
const MAX_LOGGED = 100
/** Characters of an origin that are logged; longer than any host name can be. */
const MAX_SHOWN = 300

/** Tells the operator, once for each origin, which setting lets its pages in. */
export class RefusedOrigins {
  readonly #allowed: readonly string[]
  readonly #log: Logger
  readonly #logged = new Set<string>()

  constructor(allowed: readonly string[], log: Logger) {
    this.#allowed = allowed
    this.#log = log
  }

  note(origin: string, request: IncomingMessage): void {
    const shown = origin.slice(0, MAX_SHOWN)
    if (this.#logged.has(shown) || this.#logged.size >= MAX_LOGGED) return
    this.#logged.add(shown)
    if (!isOrigin(shown)) {
      // A page of a file or of a sandboxed frame has no origin that could be named.
      this.#log.warn(
        { origin: shown, requestId: requestIdOf(request) },
        'a page was refused; serve it over http or https, so that it has an origin',
      )
    } else {
      const write = `CORS_ALLOW_ORIGIN=${[...this.#allowed, shown].join(',')}`
      this.#log.warn(
        { origin: shown, write, requestId: requestIdOf(request) },
        'a page of another origin was refused; if it is yours, start with this',
      )
    }
    if (this.#logged.size === MAX_LOGGED)
      this.#log.warn('pages of more origins are refused; they are not logged')
  }
}

/** Whether CORS_ALLOW_ORIGIN takes it, or the advice would be refused at the next start. */
const isOrigin = (text: string): boolean =>
  /^[a-z][-+.a-z0-9]*:\/\/[^\s,/?#@*]+$/i.test(text) && URL.canParse(text)
