import type { RedisAddress } from '../../lib/redis-address.ts'
import { hostAndPort } from '../../lib/server-address.ts'
import { isTlsFault } from '../../lib/tls-fault.ts'
import { speaksOtherwise } from './other-tongue.ts'

/** Errors of Redis that waiting does not mend, and the explanation of each. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /^(WRONGPASS|NOAUTH)|AUTH <password> called without|Client sent AUTH/,
    'refuses this user and password: correct them',
  ],
  [
    /^NOPERM/,
    'does not let this user do what is needed: give it the rights that docs/growing.md lists, or name another user',
  ],
  [
    /DB index is out of range|invalid DB index/,
    'has no database of that number: name one that it has, such as 0',
  ],
  [
    /SELECT is not allowed in cluster mode/,
    'is a Redis Cluster, which has no database but 0: leave the number out',
  ],
  [/^DENIED/, 'lets nobody in from another machine without a password: give it one, and name it'],
  [/, and 7 or newer is needed$/, 'is too old: name Redis 7 or newer'],
]

/** A sentence, without the password, for a fault that waiting does not mend; undefined for any other fault. */
export async function refusalOf(error: unknown, address: RedisAddress): Promise<string | undefined> {
  if (!(error instanceof Error)) return undefined
  const where = hostAndPort(address.host, address.port)
  const [, why] = REFUSALS.find(([pattern]) => pattern.test(error.message)) ?? []
  const says = error.message.replace(/\.$/, '')
  if (why !== undefined) return `Redis at ${where} ${why} in REDIS_URL (it says: ${says}).`
  const code = 'code' in error ? String(error.code) : ''
  if (!isTlsFault(code)) return misfitOf(address, where)
  return `Redis at ${where} was reached, and its TLS was not accepted (${code}, ${says}): name its host as its certificate does, or write redis: for one without TLS, in REDIS_URL.`
}

/** The sentence for TLS on one side only: each side then waits for the other's first bytes, or hangs up. */
async function misfitOf(address: RedisAddress, where: string): Promise<string | undefined> {
  if (!(await speaksOtherwise(address))) return undefined
  return address.isTls
    ? `Redis at ${where} speaks no TLS: write redis: in REDIS_URL.`
    : `Redis at ${where} speaks TLS only: write rediss: in REDIS_URL.`
}
