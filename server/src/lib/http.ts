import type { ClientRequest } from 'node:http'
import type { RequestOptions } from 'node:https'

/**
 * `node:http` without its WebSocket client. An import statement reads every export, and reading that one loads a
 * whole HTTP client, which costs each start 20 ms.
 */
export const { createServer, IncomingMessage, Server, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')

/** A request to `http:` or `https:`; `node:https` is loaded at its first use. */
export function requestHttp(url: URL, options: RequestOptions): ClientRequest {
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  return request(url, options)
}
