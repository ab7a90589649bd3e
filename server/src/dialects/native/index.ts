import type { Dialect } from '../dialect.ts'
import type { DialectParts } from '../dialect-row.ts'
import { createApp } from './app.ts'
import { Cors } from './cors.ts'
import { Credentials } from './credentials.ts'
import { createHandlers } from './handlers.ts'
import { Repeats } from './repeats.ts'
import type { NativeSettings } from './settings.ts'

const OWN_PATHS = ['/v1/']

type NativeParts = Pick<DialectParts, 'chat' | 'limits' | 'answers' | 'addressOf' | 'log' | 'about'>

/** The dialect of new clients: REST under `/v1`. */
export function mountNative(parts: NativeParts, settings: NativeSettings): Dialect<'native'> {
  const credentials = new Credentials({ ...parts, publicUrl: settings.publicUrl })
  const handlers = createHandlers(parts)
  return {
    name: 'native',
    http: createApp({
      ...parts,
      ...{ credentials, handlers },
      cors: new Cors(settings.allowedOrigins),
      repeats: new Repeats(),
    }),
    paths: OWN_PATHS,
    close: async () => {},
  }
}
