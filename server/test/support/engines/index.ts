import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { Engine } from './engine.ts'
import { initPostgres, POSTGRES_USER } from './postgres.ts'
import { redisCommand } from './redis.ts'

export { Engine } from './engine.ts'
export { enginesAreMissing } from './programs.ts'

/** What a cluster's nodes share, for this test alone. */
export interface Engines extends AsyncDisposable {
  readonly postgres: Engine
  readonly redis: Engine
}

export async function startEngines(): Promise<Engines> {
  await using opened = new AsyncDisposableStack()
  const postgres = await startIn(opened, makePostgres)
  const redis = await startIn(opened, makeRedis)
  const closing = opened.move()
  return { postgres, redis, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** A Redis for this test alone. */
export async function startRedis(): Promise<{ engine: Engine } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const engine = await startIn(opened, makeRedis)
  const closing = opened.move()
  return { engine, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

async function startIn(
  opened: AsyncDisposableStack,
  make: (folder: string) => Promise<Engine>,
): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-engine-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const engine = await make(folder)
  opened.defer(() => engine.stop())
  await engine.start()
  return engine
}

async function makePostgres(folder: string): Promise<Engine> {
  const port = await freePort()
  const command = await initPostgres({ folder, port })
  return new Engine({ url: `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`, command, folder })
}

async function makeRedis(folder: string): Promise<Engine> {
  const port = await freePort()
  const command = redisCommand({ folder, port })
  return new Engine({ url: `redis://127.0.0.1:${port}/0`, command, folder })
}
