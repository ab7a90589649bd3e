import { createServer, type IncomingMessage } from 'node:http'
import { listen } from '../../src/transport/index.ts'

/** An application's webhook receiver, at an address of its own. */
export interface Hooks extends AsyncDisposable {
  readonly url: string
  readonly requests: { headers: IncomingMessage['headers']; rawBody: string }[]
  /** Statuses of the next answers; 200 once they are used up. */
  readonly statuses: number[]
  /** One line an event. */
  lines(): string[]
}

interface HooksOptions {
  readonly port?: number
  /** Whether the body is refused, each time that it comes. */
  readonly refuses?: (body: string) => boolean
}

export async function openHooks({
  port: wanted = 0,
  refuses = () => false,
}: HooksOptions = {}): Promise<Hooks> {
  const requests: Hooks['requests'] = []
  const statuses: number[] = []
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const rawBody = Buffer.concat(chunks).toString()
    const status = refuses(rawBody) ? 500 : (statuses.shift() ?? 200)
    if (status === 200) requests.push({ headers: request.headers, rawBody })
    response.writeHead(status, { location: '/elsewhere' }).end('thank you')
  })
  const port = await listen(http, '127.0.0.1', wanted)
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    requests,
    statuses,
    lines: () =>
      requests.flatMap(({ rawBody }) =>
        (JSON.parse(rawBody).events as Record<string, string>[]).map(({ name, channel, user_id }) =>
          [name, channel, user_id].filter(Boolean).join(' '),
        ),
      ),
    async [Symbol.asyncDispose]() {
      http.close()
      http.closeAllConnections()
    },
  }
}
