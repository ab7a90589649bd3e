import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Document } from './documents.ts'

/** Paths of the documents at the main port. */
export const DOCUMENT_PATHS = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/']

const ROUTES = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/:page', '/docs/problems/:code']

interface RoutesParts {
  /** The address that people know the server by, where it is set. */
  readonly publicUrl: URL | undefined
  readonly notFound: (reply: FastifyReply) => unknown
}

const make = async (url: string | undefined): Promise<ReadonlyMap<string, Document>> => {
  const { documents } = await import('./documents.ts')
  return documents(url)
}

/** Serves the documents, which are made when somebody first asks for one. */
export function addDocuments(app: FastifyInstance, { publicUrl, notFound }: RoutesParts): void {
  let made: Promise<ReadonlyMap<string, Document>> | undefined
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    made ??= make(publicUrl?.origin)
    const document = (await made).get(request.url.split('?', 1)[0] ?? '')
    if (!document) return notFound(reply)
    reply.headers(document.headers)
    const isKnown = request.headers['if-none-match'] === document.headers.etag
    return isKnown ? reply.code(304).send() : reply.send(document.text)
  }
  for (const url of ROUTES) app.route({ method: ['GET', 'HEAD'], url, handler: answer })
}
