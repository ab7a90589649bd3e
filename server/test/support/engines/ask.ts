import { createClient } from '@redis/client'
import type { Engine } from './engine.ts'

/** One command to a Redis, as an operator gives it. */
export async function askRedis(
  { url }: Pick<Engine, 'url'>,
  ...command: readonly string[]
): Promise<unknown> {
  const client = createClient({ url })
  await client.connect()
  try {
    return await client.sendCommand(command)
  } finally {
    client.destroy()
  }
}

/** Empties a Redis under its users. */
export async function flushRedis(redis: Pick<Engine, 'url'>): Promise<void> {
  await askRedis(redis, 'FLUSHALL')
}
