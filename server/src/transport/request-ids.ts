import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply } from 'fastify'

// Ids of requests, which answers, problems and the log name: random for the process, and counted.

const own = randomBytes(6).toString('base64url')
const ids = new WeakMap<IncomingMessage, string>()
let count = 0

/** An id for a request that came over a socket. */
export const newRequestId = (): string => `${own}-${(++count).toString(36)}`

/** The id of a request; made when it is first asked for. */
export function requestIdOf(request: IncomingMessage): string {
  const known = ids.get(request)
  if (known !== undefined) return known
  const id = newRequestId()
  ids.set(request, id)
  return id
}

interface ErrorLog {
  error(facts: object, message: string): void
}

/** Logs a request that has failed by a bug, with its id, which the answer carries too: so that a report leads to the line. */
export function logFailed(log: ErrorLog, err: unknown, reply: FastifyReply): void {
  const requestId = requestIdOf(reply.request.raw)
  reply.header('x-request-id', requestId)
  log.error({ err, requestId }, 'request failed')
}
