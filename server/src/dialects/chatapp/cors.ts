import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Origins } from './origins.ts'

/** Lets pages of allowed origins read answers, with the cookie of their visitor. */
export function addCors(app: FastifyInstance, origins: Origins): void {
  app.addHook('onRequest', async ({ raw, headers: { origin } }, reply) => {
    reply.header('vary', 'Origin')
    if (!origins.mayAsk(raw) || origin === undefined || !origins.isAllowed(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-allow-credentials', 'true')
  })
}

export const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined

/** `allow` lists the methods of the path. */
export function answerPreflight(reply: FastifyReply, allow: string, origins: Origins): FastifyReply {
  const { origin = '', 'access-control-request-headers': requested } = reply.request.headers
  reply.removeHeader('allow').type('text/plain; charset=utf-8')
  if (!origins.isAllowed(origin)) {
    return reply.code(403).send(`CORS preflight request failed: origin '${origin}' is not allowed`)
  }
  reply.header('access-control-allow-methods', allow)
  if (requested !== undefined) reply.header('access-control-allow-headers', requested)
  return reply.send('')
}
