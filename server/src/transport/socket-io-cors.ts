import type { ServerOptions } from 'socket.io'

type CorsDelegate = Extract<NonNullable<ServerOptions['cors']>, (...args: never) => unknown>

/** A browser need not ask again for so long, in seconds. */
const MAX_AGE_S = 86_400

/**
 * Pages of any origin may ask, with whatever headers their client adds. A client that polls with credentials, as
 * version 2 always does and later ones may be told to, wants the very origin named. Nothing here looks at a cookie:
 * it gives nothing away.
 */
export const corsOf: CorsDelegate = ({ headers: { origin } }, callback) => {
  const named = origin === undefined ? { origin: '*' } : { origin, credentials: true }
  callback(null, { ...named, maxAge: MAX_AGE_S })
}
