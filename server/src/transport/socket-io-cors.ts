import type { ServerOptions } from 'socket.io'

type CorsDelegate = Extract<NonNullable<ServerOptions['cors']>, (...args: never) => unknown>
type CorsRequest = Parameters<CorsDelegate>[0]

const ALLOWED_HEADERS = ['user', 'authorization', 'content-type']

/**
 * Pages of any origin may ask. Version 2 of the client polls with credentials, whether there are any or not,
 * and its browser then wants the very origin named. Nothing here looks at a cookie: it gives nothing away.
 */
export const corsOf: CorsDelegate = (request, callback) => {
  const { origin } = request.headers
  const named = origin !== undefined && isVersion2(request) ? { origin, credentials: true } : { origin: '*' }
  callback(null, { ...named, allowedHeaders: ALLOWED_HEADERS })
}

const isVersion2 = (request: CorsRequest & { readonly url?: string }): boolean =>
  new URLSearchParams(request.url?.split('?')[1]).get('EIO') === '3'
