import { WebSocket as SocketTransport } from 'engine.io-client'
import type { FrameLog } from './frames.ts'

type Fetch = (url: string, init?: RequestInit) => Promise<Response>

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url, location.origin)
  return pathname + search
}

const headersOf = (init: RequestInit): Readonly<Record<string, string>> =>
  Object.fromEntries(new Headers(init.headers).entries())

/** The page's own `fetch`, whose requests and answers go into the log as they are. */
export const recordedFetch =
  (log: FrameLog): Fetch =>
  async (url, init = {}) => {
    const { method = 'GET' } = init
    const headers = headersOf(init)
    const body = typeof init.body === 'string' ? init.body : undefined
    const lines = [
      `${method} ${pathOf(url)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    const asked = {
      method,
      url: new URL(url, location.origin).href,
      headers,
      ...(body !== undefined && { body }),
    }
    log.add('out', 'HTTP', [...lines, ...(body === undefined ? [] : ['', body])].join('\n'), asked)
    try {
      const response = await fetch(url, init)
      const text = await response.clone().text()
      log.add('in', 'HTTP', `${response.status} ${response.statusText}${text === '' ? '' : `\n${text}`}`)
      return response
    } catch (error) {
      log.add('mark', 'HTTP', `${method} ${pathOf(url)} got no answer`)
      throw error
    }
  }

/** The page's own WebSocket, whose frames go into the log as they are. */
export const recordedWebSocket = (log: FrameLog, via: string): typeof WebSocket =>
  class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      const path = pathOf(String(url).replace(/^ws/, 'http'))
      this.addEventListener('open', () => log.add('mark', via, `open ${path}`))
      // Before any library listens: what is shown first is the frame, then what became of it.
      this.addEventListener('message', ({ data }) => log.add('in', via, String(data)))
      this.addEventListener('close', ({ code, reason }) =>
        log.add('mark', via, `closed ${code} ${reason}`.trim()),
      )
    }

    override send(data: string | Blob | BufferSource): void {
      log.add('out', via, String(data))
      super.send(data)
    }
  }

/** The transport of socket.io-client, on a WebSocket that is recorded. */
export function recordedTransport(log: FrameLog): typeof SocketTransport {
  const Recorded = recordedWebSocket(log, 'Socket.IO')
  return class extends SocketTransport {
    override createSocket(uri: string, protocols: string | string[] | undefined): WebSocket {
      return new Recorded(uri, protocols)
    }
  }
}
