import type { SharedRoute } from '../transport/index.ts'
import type { DialectName } from './names.ts'

export type { Dialect } from './dialect.ts'
export { type DialectParts, type Dialects, mountAll, pusherCredentials } from './mount.ts'
export { DIALECT_NAMES, type DialectName } from './names.ts'
export type { DialectSettings } from './settings.ts'

/** The two paths that several dialects call on the main port: the body's own keys tell them apart. */
export const SHARED_ROUTES: ReadonlyMap<string, SharedRoute<DialectName>> = new Map([
  [
    '/register',
    {
      byKey: [
        ['login', 'rooms'],
        ['email', 'messenger'],
      ],
      otherwise: 'chatapp',
      limit: 'register',
    },
  ],
  ['/login', { byKey: [['usernameOrEmail', 'messenger']], otherwise: 'rooms', limit: 'login' }],
])
