import type { Runtime } from '../lib/runtime.ts'
import type { Operations, Problem } from '../protocol.ts'
import { ParlanceError } from './error.ts'
import type { Route } from './route.ts'

// In brackets: a union is one value, not one of several fields.
type Field<Name extends string, Value> = [Value] extends [undefined]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [One in Name]?: Value }
    : { readonly [One in Name]: Value }

/** The parts that an operation takes; an empty one may be left out. */
export type CallOf<Id extends keyof Operations> = Field<'params', Operations[Id]['params']> &
  Field<'query', Operations[Id]['query']> &
  Field<'body', Operations[Id]['body']> & {
    /** For POSTs that create: the same key answers the same for 24 hours. */
    readonly idempotencyKey?: string
    /** Refuses an edit whose message was changed after this version. */
    readonly ifVersion?: number
  }

interface Loose {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly idempotencyKey?: string
  readonly ifVersion?: number
}

type RestRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }

interface RestParts {
  /** The server's origin. */
  readonly url: string
  readonly runtime: Pick<Runtime, 'fetch'>
  /** Undefined where a cookie carries the session. */
  readonly token: () => string | undefined
}

/** The REST API. */
export class Rest {
  readonly #parts: RestParts

  constructor(parts: RestParts) {
    this.#parts = parts
  }

  /** One request of an operation of `@parlance/client/operations`: the body of its answer. Throws a `ParlanceError`. */
  async call<Id extends keyof Operations>(
    route: Route<Id>,
    call: CallOf<Id>,
  ): Promise<Operations[Id]['answer']> {
    const loose: Loose = call
    const [method = '', path = ''] = route.split(' ')
    const body = loose.body === undefined ? {} : { body: JSON.stringify(loose.body) }
    const response = await this.request(pathOf(path, loose), { method, headers: headersOf(loose), ...body })
    // The server's word for it.
    return parsed(await textOf(response)) as Operations[Id]['answer']
  }

  /** A request of any path with the session, for what is no operation. Throws a `ParlanceError` unless it succeeds. */
  async request(path: string, { headers, ...init }: RestRequest): Promise<Response> {
    const { url, runtime } = this.#parts
    const token = this.#parts.token()
    const response = await runtime
      .fetch(url + path, {
        credentials: 'same-origin',
        headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
        ...init,
      })
      .catch(ParlanceError.unreached)
    if (!response.ok) throw await refusalIn(response)
    return response
  }
}

const headersOf = ({ body, idempotencyKey, ifVersion }: Loose): Record<string, string> => ({
  ...(body !== undefined && { 'Content-Type': 'application/json' }),
  ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
  ...(ifVersion !== undefined && { 'If-Match': `"${ifVersion}"` }),
})

function pathOf(path: string, { params = {}, query = {} }: Loose): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return pairs.length > 0 ? `${filled}?${new URLSearchParams(pairs)}` : filled
}

const textOf = (response: Response): Promise<string> => response.text().catch(ParlanceError.unreached)

async function refusalIn(response: Response): Promise<ParlanceError> {
  const value = parsed(await textOf(response))
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined
  if (isProblem(value)) return ParlanceError.from(value, retryAfter)
  // From something between here and the server.
  return new ParlanceError(`http_${response.status}`, {
    status: response.status,
    retryable: response.status >= 500,
    retryAfter: retryAfter && retryAfter * 1_000,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof (value as Partial<Problem> | null | undefined)?.code === 'string'
