import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { runAfter } from '../lib/timers.ts'
import { pathOf } from './dispatcher.ts'
import { isLocalRequest } from './local-request.ts'

interface HealthOptions {
  /** Name → resolves when that part answers. Without it nobody can be served. */
  readonly parts: ReadonlyMap<string, () => Promise<void>>
  /** Without one of these the server serves all the same, less well. */
  readonly helpers?: ReadonlyMap<string, () => Promise<void>>
  readonly isDraining: () => boolean
  /** Undefined: not served. */
  readonly metrics?: { readonly contentType: string; text(): Promise<string> } | undefined
  /** Lets a scraper from elsewhere than loopback in. */
  readonly metricsToken: string | undefined
}

const METRICS_REFUSED =
  'metrics are for this machine itself, asked by a loopback address and not through a proxy, or for the bearer of METRICS_TOKEN'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A part that takes longer than this is not ready. */
const READY_WITHIN_MS = 2_000
/** Asking costs a commit: who asks sooner is told the same. */
const FRESH_MS = 1_000

type States = readonly (readonly [part: string, state: 'ok' | 'unavailable'])[]

export const HEALTH_PATHS = ['/healthz', '/readyz', '/metrics'] as const

/** `/healthz` (alive), `/readyz` (store and bus answer, not draining) and `/metrics`, by GET or HEAD. */
export class Health {
  readonly #options: HealthOptions
  readonly #routes: ReadonlyMap<string, Handler>
  #states: Promise<States> = Promise.resolve([])
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(options: HealthOptions) {
    this.#options = options
    const routes = new Map<(typeof HEALTH_PATHS)[number], Handler>([
      ['/healthz', async (_request, response) => json(response, 200, { status: 'ok' })],
      ['/readyz', (_request, response) => this.#ready(response)],
      ...(options.metrics
        ? [['/metrics', (...exchange: Parameters<Handler>) => this.#metrics(...exchange)] as const]
        : []),
    ])
    this.#routes = routes
  }

  /** Answers the request if it is one of its own. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const isAsked = request.method === 'GET' || request.method === 'HEAD'
    const answer = isAsked ? this.#routes.get(pathOf(request)) : undefined
    if (!answer) return false
    answer(request, response).catch((error) => response.destroy(error))
    return true
  }

  async #ready(response: ServerResponse): Promise<void> {
    const states = await this.#look()
    const status = this.#statusOf(states)
    const isReady = status === 'ok' || status === 'degraded'
    json(response, isReady ? 200 : 503, { status, ...Object.fromEntries(states) })
  }

  #statusOf(states: States): 'draining' | 'unavailable' | 'degraded' | 'ok' {
    const { isDraining, helpers } = this.#options
    if (isDraining()) return 'draining'
    const missing = states.filter(([, state]) => state !== 'ok')
    if (missing.some(([part]) => !helpers?.has(part))) return 'unavailable'
    return missing.length > 0 ? 'degraded' : 'ok'
  }

  #look(): Promise<States> {
    const now = performance.now()
    if (now - this.#askedAt < FRESH_MS) return this.#states
    this.#askedAt = now
    const parts = [...this.#options.parts, ...(this.#options.helpers ?? [])]
    this.#states = Promise.all(parts.map(async ([name, ping]) => [name, await stateOf(ping)] as const))
    return this.#states
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, metricsToken } = this.#options
    if (!metrics || !(isLocalRequest(request) || hasToken(request, metricsToken))) {
      json(response, 403, { error: METRICS_REFUSED })
      return
    }
    const text = await metrics.text()
    response.writeHead(200, { 'content-type': metrics.contentType })
    response.end(text)
  }
}

async function stateOf(ping: () => Promise<void>): Promise<'ok' | 'unavailable'> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = runAfter(READY_WITHIN_MS, () => reject(new Error('no answer')))
  try {
    await Promise.race([ping(), late])
    return 'ok'
  } catch {
    // The answer names the part; the part itself logs the reason.
    return 'unavailable'
  } finally {
    clearTimeout(timer)
  }
}

function hasToken(request: IncomingMessage, token: string | undefined): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return token !== undefined && given.length === wanted.length && timingSafeEqual(given, wanted)
}

function json(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  // Node leaves it out when HEAD was asked.
  response.end(text)
}
