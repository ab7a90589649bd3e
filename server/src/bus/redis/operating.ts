import type { RedisAddress } from '../../lib/redis-address.ts'
import { createConnection } from './client.ts'
import { refusalOf } from './refusals.ts'

/** Facts of a Redis server that an operator should know. */
export interface RedisFacts {
  readonly version: string
  /** `master` or `slave`, in its own words. */
  readonly role: string
  /** Milliseconds since 1970 by its clock. */
  readonly nowMs: number
}

/** Asks the server. Throws an error whose message is a sentence. */
export async function askRedis(address: RedisAddress): Promise<RedisFacts> {
  const broken = Promise.withResolvers<never>()
  // The first use of it rejects too; without a handler the second would be unhandled.
  broken.promise.catch(() => undefined)
  const connection = createConnection(address, broken.reject)
  try {
    await Promise.race([connection.connect(), broken.promise])
    const about = await Promise.race([connection.info(), broken.promise])
    const [seconds, micros] = await connection.sendCommand<[string, string]>(['TIME'])
    return {
      version: /^redis_version:(\S+)/m.exec(about)?.[1] ?? 'unknown',
      role: /^role:(\w+)/m.exec(about)?.[1] ?? 'unknown',
      nowMs: Number(seconds) * 1000 + Number(micros) / 1000,
    }
  } catch (error) {
    const sentence = await refusalOf(error, address)
    throw sentence === undefined ? error : new Error(sentence, { cause: error })
  } finally {
    connection.destroy()
  }
}
