import type { IncomingMessage, ServerResponse } from 'node:http'
import { beginTrace } from '../lib/trace.ts'
import { pathOf } from './dispatcher.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** The same, told of as a span that ends with the response. */
export const traced =
  (handle: Handle): Handle =>
  (request, response) => {
    const { method = '', headers } = request
    // A header that came twice is a list, of which none is believed.
    const { traceparent } = headers
    const span = beginTrace({
      name: method,
      kind: 'server',
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    })
    if (!span) return handle(request, response)
    const path = shortened(pathOf(request))
    response.once('close', () => {
      const { statusCode } = response
      span.end({
        attributes: {
          'http.request.method': method,
          'url.path': path,
          'http.response.status_code': statusCode,
        },
        hasFailed: statusCode >= 500,
      })
    })
    span.within(() => handle(request, response))
  }

/** The first two parts of a path: what comes after names people, conversations and codes of invites. */
const shortened = (path: string): string => path.replace(/^((?:\/[^/]*){2})\/.*$/, '$1/…')
