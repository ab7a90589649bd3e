import type { ClientRequest, RequestOptions } from 'node:http'
import { requestHttp } from '../lib/http.ts'

/** The address of webhooks. `fetch` refuses some ports and all addresses with a password; `post` does not. */
export interface WebhookTarget {
  /** The address without user and password: it may be logged. */
  readonly url: URL
  /** Basic authorization with the user and password of the address. */
  readonly authorization?: string
}

/** Throws when the text is no address. */
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

/** Decodes percent escapes; a lone `%` stays itself. */
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
  // `stale`: the application closed a kept connection as we wrote, and has not read the request.
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
