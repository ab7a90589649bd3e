import { Refusal } from './pane-client.ts'

type Fetch = (url: string, init?: RequestInit) => Promise<Response>

interface Asking {
  readonly json?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks with JSON and answers what came: status, text, and the text as JSON where it is some. */
export async function ask(fetch: Fetch, path: string, { json, headers = {} }: Asking = {}) {
  const response = await fetch(path, {
    method: json ? 'POST' : 'GET',
    headers: { ...headers, ...(json && { 'content-type': 'application/json' }) },
    ...(json && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface TokenApiOptions {
  readonly fetch: Fetch
  /** Logs in, and answers the token. */
  readonly logIn: () => Promise<string>
}

/** An API behind a bearer token, which is got anew when it has run out. */
export class TokenApi {
  readonly #options: TokenApiOptions
  #token: string | undefined

  constructor(options: TokenApiOptions) {
    this.#options = options
  }

  /** Throws a `Refusal`. */
  async ok<Body>(path: string, json?: object): Promise<Body> {
    const { body, status, text } = await this.ask(path, json)
    if (status >= 300) throw new Refusal(text)
    return body as Body
  }

  async ask(path: string, json?: object): ReturnType<typeof ask> {
    const { fetch, logIn } = this.#options
    this.#token ??= await logIn()
    const asking = () =>
      ask(fetch, path, { headers: { authorization: `Bearer ${this.#token}` }, ...(json && { json }) })
    const answer = await asking()
    if (answer.status !== 401) return answer
    this.#token = await logIn()
    return asking()
  }
}
