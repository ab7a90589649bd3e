import { randomBytes } from 'node:crypto'
import type { IncomingMessage as HttpRequest } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { WebSocketServer } from 'ws'
import { IncomingMessage, ServerResponse } from '../lib/http.ts'

// Ids of requests, which answers, problems and the log name: random for the process, and counted. A connection has the
// id of the request that opened it. It keeps the number alone, from which the id is made where a line needs it.

const own = randomBytes(6).toString('base64url')
const numbers = new WeakMap<object, number>()
let count = 0

/** The number of a connection that no request has opened. */
export const newRequestNumber = (): number => ++count

export const requestIdFrom = (number: number): string => `${own}-${number.toString(36)}`

/** The number of a request; made when it is first asked for. */
export function requestNumberOf(request: HttpRequest): number {
  const known = numbers.get(request)
  if (known !== undefined) return known
  const number = newRequestNumber()
  numbers.set(request, number)
  return number
}

export const requestIdOf = (request: HttpRequest): string => requestIdFrom(requestNumberOf(request))

/** Has a server of WebSockets answer each handshake with its request's id. */
export function tellRequestIds(server: WebSocketServer): void {
  server.on('headers', (headers, request) => headers.push(`X-Request-Id: ${requestIdOf(request)}`))
}

/** A library's object has the number of a connection, so that a failure of its listeners is known to be about that. */
export function numberAs(about: object, number: number): void {
  numbers.set(about, number)
}

/** The facts for a line about a failure: the first id among the objects that it may be about, if any has one. */
export function requestIdAmong(about: readonly unknown[]): { readonly requestId?: string } {
  for (const each of about) {
    const requestId = idOf(each)
    if (requestId !== undefined) return { requestId }
  }
  return {}
}

function idOf(about: unknown): string | undefined {
  if (typeof about !== 'object' || about === null) return undefined
  if (about instanceof IncomingMessage) return requestIdOf(about)
  if (about instanceof ServerResponse) return requestIdOf(about.req)
  const number = numbers.get(about)
  if (number !== undefined) return requestIdFrom(number)
  const { requestId } = about as { readonly requestId?: unknown }
  return typeof requestId === 'string' ? requestId : undefined
}

interface ErrorLog {
  error(facts: object, message: string): void
}

/** Has an answer carry the id of its request, so that a report of it leads to the lines of the log. */
export const tellRequestId = (reply: FastifyReply): FastifyReply =>
  reply.header('x-request-id', requestIdOf(reply.request.raw))

/** Logs a request that has failed by a bug, with its id, which the answer carries too. */
export function logFailed(log: ErrorLog, err: unknown, reply: FastifyReply): void {
  log.error({ err, requestId: requestIdOf(reply.request.raw) }, 'request failed')
}
