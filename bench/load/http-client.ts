import { openSocket } from './socket.ts'

interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, ASCII. */
  readonly body?: string
}

interface HttpAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** One keep-alive HTTP connection. Requests are answered in the order they were made. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>
  /** As `request`, without a promise's cost. `onAnswer` gets the status only. */
  post(rendered: string, onAnswer: (status: number) => void): void
  close(): void
}

/** A request as bytes, for one that is made often. */
export function render({ method, path, headers = {}, body }: HttpRequest): string {
  const lines = Object.entries({
    Host: '127.0.0.1',
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
    }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

export async function openHttp(port: number): Promise<HttpClient> {
  const waiting: ((answer: () => HttpAnswer, status: number) => void)[] = []
  let received = Buffer.alloc(0)
  const socket = await openSocket(port, (chunk, length) => {
    received =
      received.length === 0
        ? Buffer.from(chunk.subarray(0, length))
        : Buffer.concat([received, chunk.subarray(0, length)])
    for (let end = endOfAnswer(received); end > 0; end = endOfAnswer(received)) {
      const answer = received.subarray(0, end)
      received = received.subarray(end)
      waiting.shift()?.(() => parse(answer), Number(answer.toString('latin1', 9, 12)))
    }
  })
  return {
    request: (request) =>
      new Promise((resolve, reject) => {
        waiting.push((answer) => resolve(answer()))
        void socket.closed.then(() => reject(new Error('the connection was closed')))
        socket.write(render(request))
      }),
    post: (rendered, onAnswer) => {
      waiting.push((_answer, status) => onAnswer(status))
      socket.write(rendered)
    },
    close: () => socket.destroy(),
  }
}

/** -1 while it is not whole. Its length must be told: chunked answers are not understood. */
function endOfAnswer(bytes: Buffer): number {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return -1
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1]
  if (length === undefined) throw new Error('an answer without Content-Length')
  const end = headEnd + 4 + Number(length)
  return end <= bytes.length ? end : -1
}

function parse(answer: Buffer): HttpAnswer {
  const headEnd = answer.indexOf('\r\n\r\n')
  const head = answer.toString('latin1', 0, headEnd)
  return { status: Number(head.slice(9, 12)), head, body: answer.toString('utf8', headEnd + 4) }
}
