import type { ServerOptions } from './engine-io.ts'

type CorsDelegate = Extract<NonNullable<ServerOptions['cors']>, (...args: never) => unknown>

/** Seconds for which a browser may keep the answer to a preflight. */
const MAX_AGE_S = 86_400

/**
 * Allows pages of any origin, with any headers that their client adds. A client that polls with credentials, as
 * version 2 always does and later versions may be told to, needs its exact origin named. This gives nothing away,
 * since nothing here reads a cookie.
 */
export const corsOf: CorsDelegate = ({ headers: { origin } }, callback) => {
  const named = origin === undefined ? { origin: '*' } : { origin, credentials: true }
  callback(null, { ...named, maxAge: MAX_AGE_S })
}
