import { SOCKET_PATH } from '@parlance/protocol'
import type { Dialect } from '../dialect.ts'
import type { DialectParts } from '../dialect-row.ts'
import { createApp } from './app.ts'
import { Cors } from './cors.ts'
import { Credentials } from './credentials.ts'
import { DOCUMENT_PATHS } from './documents/routes.ts'
import { createHandlers } from './handlers.ts'
import { Repeats } from './repeats.ts'
import type { NativeSettings } from './settings.ts'
import { openSocket } from './socket/socket.ts'

const OWN_PATHS = ['/v1/', ...DOCUMENT_PATHS]

type NativeParts = Pick<
  DialectParts,
  | ('chat' | 'feeds' | 'limits' | 'answers' | 'addressOf' | 'log' | 'about' | 'clock' | 'links' | 'tally')
  | 'metrics'
>

/** The dialect of new clients: REST under `/v1`, and a WebSocket. */
export function mountNative(parts: NativeParts, settings: NativeSettings): Dialect<'native'> {
  const { publicUrl } = settings
  const credentials = new Credentials({ ...parts, publicUrl })
  const handlers = createHandlers(parts)
  const { allowedOrigins } = settings
  const live = openSocket({ ...parts, handlers, credentials, allowedOrigins })
  return {
    name: 'native',
    http: createApp({
      ...parts,
      ...{ credentials, handlers, publicUrl },
      cors: new Cors(allowedOrigins),
      repeats: new Repeats(),
    }),
    paths: OWN_PATHS,
    upgrade: (path) => (path === SOCKET_PATH ? live.upgrade : undefined),
    countConnections: live.count,
    drain: live.drain,
    doubt: live.doubt,
    close: live.close,
  }
}
