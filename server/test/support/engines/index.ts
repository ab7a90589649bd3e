import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { Engine } from './engine.ts'
import { pgbouncerCommand } from './pgbouncer.ts'
import {
  copyPostgres,
  copyPostgresWithoutLog,
  handOver,
  initPostgres,
  POSTGRES_USER,
  type PostgresOptions,
  recoverPostgres,
} from './postgres.ts'
import { type RedisFolder, redisCommand } from './redis.ts'
import { followShard, joinShards } from './redis-cluster.ts'

export { askRedis, flushRedis } from './ask.ts'
export { dockerIsMissing } from './docker.ts'
export type { Engine } from './engine.ts'
export {
  caddyIsMissing,
  enginesAreMissing,
  findCaddy,
  findHaproxy,
  findNginx,
  findPebble,
  findPromtool,
  haproxyIsMissing,
  nginxIsMissing,
  pebbleIsMissing,
  pgbouncerIsMissing,
  promtoolIsMissing,
} from './programs.ts'
export { moveSlotOf } from './redis-cluster.ts'
export { handOver }

/** The engines that a cluster's nodes share, for this test alone. */
export interface Engines extends AsyncDisposable {
  readonly postgres: Engine
  readonly redis: Engine
}

export async function startEngines(): Promise<Engines> {
  await using opened = new AsyncDisposableStack()
  const postgres = await startIn(opened, (folder) => makePostgres(folder))
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

interface RedisCluster extends AsyncDisposable {
  readonly shards: readonly Engine[]
  /** Starts a replica of the first shard, in step with it. */
  addReplica(): Promise<Engine>
}

/** A Redis Cluster of three shards for this test alone. */
export async function startRedisCluster(): Promise<RedisCluster> {
  await using opened = new AsyncDisposableStack()
  const shards: Engine[] = []
  for (let n = 0; n < 3; n++) shards.push(await startIn(opened, makeRedisShard))
  await joinShards(shards.map(({ url }) => url))
  const closing = opened.move()
  const addReplica = async () => {
    const replica = await startIn(closing, makeRedisShard)
    await followShard(replica, shards)
    return replica
  }
  return { shards, addReplica, [Symbol.asyncDispose]: () => closing.disposeAsync() }
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

/** A PostgreSQL for this test alone. */
export async function startPostgres(
  options: PostgresOptions = {},
): Promise<{ engine: Engine } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const engine = await startIn(opened, (folder) => makePostgres(folder, options))
  const closing = opened.move()
  return { engine, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** A pooler in front of `behind`, for this test alone. */
export async function startPgbouncer(
  behind: Engine,
  settings: Readonly<Record<string, string | number>>,
): Promise<{ engine: Engine } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const engine = await startIn(opened, async (folder) => {
    const port = await freePort()
    const command = pgbouncerCommand({ folder, port, behind: behind.port, settings })
    return new Engine({ url: `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`, command, folder })
  })
  const closing = opened.move()
  return { engine, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** A standby that follows `primary` until it is promoted. */
export async function startStandbyOf(primary: Engine): Promise<{ engine: Engine } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const engine = await startIn(opened, async (folder) => {
    const port = await freePort()
    const command = await copyPostgres({ folder, port, from: primary.port })
    return new Engine({ url: `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`, command, folder })
  })
  const closing = opened.move()
  return { engine, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** A copy of `primary` as it is now, which is not started. */
export async function baseBackupOf(primary: Engine): Promise<BaseBackup & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'parlance-engine-'))
  opened.defer(() => rm(folder, { recursive: true }))
  await copyPostgresWithoutLog({ folder, from: primary.port })
  const closing = opened.move()
  return {
    recover: async (settings) => {
      const port = await freePort()
      const command = recoverPostgres({ folder, port, settings })
      const url = `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`
      const engine = new Engine({ url, command, folder })
      closing.defer(() => engine.stop())
      await engine.start()
      return engine
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

interface BaseBackup {
  /** Starts the copy, which reads archived log as the settings say. */
  recover(settings: Readonly<Record<string, string | number>>): Promise<Engine>
}

async function makePostgres(folder: string, options: PostgresOptions = {}): Promise<Engine> {
  const port = await freePort()
  const command = await initPostgres({ folder, port, ...options })
  return new Engine({ url: `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`, command, folder })
}

const makeRedis = (folder: string): Promise<Engine> => makeRedisWith(folder)

const makeRedisShard = async (folder: string): Promise<Engine> =>
  makeRedisWith(folder, { 'cluster-enabled': 'yes', 'cluster-port': await freePort() })

async function makeRedisWith(folder: string, settings?: RedisFolder['settings']): Promise<Engine> {
  const port = await freePort()
  const command = redisCommand({ folder, port, ...(settings && { settings }) })
  return new Engine({ url: `redis://127.0.0.1:${port}/0`, command, folder })
}
