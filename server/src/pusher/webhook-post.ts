import type { ClientRequest, RequestOptions } from 'node:http'
import { requestHttp } from '../lib/http.ts'

/** Where webhooks are posted. `fetch` refuses some ports and all addresses with a password; this does not. */
export interface WebhookTarget {
  /** Without user and password: it may be logged. */
  readonly url: URL
  /** User and password of the address. */
  readonly authorization?: string
}

/** Throws for what is no address. */
export function webhookTarget(address: string): WebhookTarget {
  const url = new URL(address)
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.hash = ''
  if (username === '' && password === '') return { url }
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`)
  return { url, authorization: `Basic ${credentials.toString('base64')}` }
}

/** A lone `%` is itself. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

interface PostOptions {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Posts JSON. Resolves with the status; a redirection is not followed, and the answer's body not kept. */
export async function post(target: WebhookTarget, options: PostOptions): Promise<number> {
  const first = await attempt(target, options)
  // A kept connection that the application closed as we wrote: it has not read the request.
  return first === 'stale' ? attemptAnew(target, options) : first
}

async function attemptAnew(target: WebhookTarget, options: PostOptions): Promise<number> {
  const status = await attempt(target, options, false)
  if (status === 'stale') throw new Error('a new connection cannot be stale')
  return status
}

function attempt(
  { url, authorization }: WebhookTarget,
  { body, headers, signal }: PostOptions,
  mayReuse = true,
): Promise<number | 'stale'> {
  const requestOptions: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(authorization !== undefined && { authorization }),
      ...headers,
    },
    signal,
    ...(!mayReuse && { agent: false }),
  }
  return new Promise((resolve, reject) => {
    const request: ClientRequest = requestHttp(url, requestOptions)
    request.on('response', (response) => {
      response.on('error', () => undefined)
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', (error: Error & { code?: unknown }) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve('stale')
      else reject(error)
    })
    request.end(body)
  })
}
