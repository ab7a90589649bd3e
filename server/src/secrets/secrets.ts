import { randomInt } from 'node:crypto'
import { newSecret } from '../lib/ids.ts'

/** Secrets of this server, shared by the nodes of one cluster; made on the first start. */
export interface Secrets {
  /** Root of the keys that sign tokens, one derived per purpose. */
  readonly root: string
  readonly jwtSecret: string
  readonly pusherAppId: string
  readonly pusherKey: string
  readonly pusherSecret: string
}

export const SECRET_NAMES = [
  'root',
  'jwtSecret',
  'pusherAppId',
  'pusherKey',
  'pusherSecret',
] as const satisfies readonly (keyof Secrets)[]

/** Made anew, for a database that has none. */
export function newSecrets(): Secrets {
  return {
    root: newSecret(),
    jwtSecret: newSecret(),
    pusherAppId: String(randomInt(100_000, 10_000_000)),
    pusherKey: newSecret().replace(/[-_]/g, '').slice(0, 20),
    pusherSecret: newSecret(),
  }
}

/** The secrets that a value holds; undefined if any is missing. */
export const parseSecrets = (value: unknown): Secrets | undefined => (isSecrets(value) ? value : undefined)

const isSecrets = (value: unknown): value is Secrets =>
  typeof value === 'object' &&
  value !== null &&
  SECRET_NAMES.every(
    (name) => typeof Reflect.get(value, name) === 'string' && Reflect.get(value, name) !== '',
  )
