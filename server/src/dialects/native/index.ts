import type { Dialect } from '../dialect.ts'
import type { DialectParts } from '../dialect-row.ts'
import { createApp } from './app.ts'
import { Cors } from './cors.ts'
import { Credentials } from './credentials.ts'
import { DOCUMENT_PATHS } from './documents/routes.ts'
import { createHandlers } from './handlers.ts'
import { Repeats } from './repeats.ts'
import type { NativeSettings } from './settings.ts'

const OWN_PATHS = ['/v1/', ...DOCUMENT_PATHS]

type NativeParts = Pick<DialectParts, 'chat' | 'limits' | 'answers' | 'addressOf' | 'log' | 'about'>

/** The dialect of new clients: REST under `/v1`. */
export function mountNative(parts: NativeParts, settings: NativeSettings): Dialect<'native'> {
  const { publicUrl } = settings
  const credentials = new Credentials({ ...parts, publicUrl })
  const handlers = createHandlers(parts)
  return {
    name: 'native',
    http: createApp({
      ...parts,
      ...{ credentials, handlers, publicUrl },
      cors: new Cors(settings.allowedOrigins),
      repeats: new Repeats(),
    }),
    paths: OWN_PATHS,
    close: async () => {},
  }
}
