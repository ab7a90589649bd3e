import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Bus } from '../bus/bus.ts'
import { LocalBus } from '../bus/local.ts'
import type { Config } from '../config/index.ts'
import type { Files } from '../files/files.ts'
import { openFolder } from '../files/folder/index.ts'
import { shownRedis } from '../lib/redis-address.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import { agreeOnSecrets, loadSecrets, type Secrets } from '../secrets/index.ts'
import type { PostgresStore } from '../store/postgres/index.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import type { Store } from '../store/store.ts'
import { Health } from '../transport/index.ts'
import type { StoreWatch } from './store-watch.ts'
import type { Tls } from './tls.ts'
import { openWaitingRoom } from './waiting-room.ts'

/** Where all that lasts is kept. */
interface Storage {
  readonly store: Store
  readonly secrets: Secrets
  readonly files: Files
  /** The value proposed first under a name, by whichever node. A store of one server needs none. */
  readonly agreeOn?: PostgresStore['agreeOn']
}

const SCHEMA_CHANGED = 'the schema of the database was changed, and a copy of it as it was is kept beside it'

interface StorageParts {
  readonly metrics: Metrics
  readonly log: Logger
  readonly watch: StoreWatch
  readonly tls: Tls | undefined
}

/** Opens what lasts, waiting for PostgreSQL if need be, and reads the server's secrets or makes them. */
export async function openStorage(config: Config, parts: StorageParts): Promise<Storage> {
  const { database, filesDirectory } = config
  const kept =
    database.kind === 'sqlite'
      ? await openSqlite(database, parts)
      : await openPostgres(database.url, config, parts)
  return { ...kept, files: openFolder(filesDirectory) }
}

type Database = Omit<Storage, 'files'>
type SqliteFile = Extract<Config['database'], { readonly kind: 'sqlite' }>

async function openSqlite({ file, directory }: SqliteFile, parts: StorageParts): Promise<Database> {
  const { metrics, log, watch } = parts
  const store = await openSqliteStore({
    file,
    ...hooksOf(metrics),
    onFailure: (err) => log.fatal({ err }, 'the store has failed'),
    onLoss: (loss) => watch.begin(loss),
    onSchemaChange: ({ path, schema, bytes }) => log.info({ path, schema, bytes }, SCHEMA_CHANGED),
  })
  metrics.watch('databaseBytes', () => sizeOf(file))
  metrics.watch('databaseLogBytes', () => sizeOf(`${file}-wal`))
  try {
    // Beside a database only: what is refused leaves nothing behind.
    return { store, secrets: loadSecrets(directory) }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openPostgres(
  url: string,
  config: Config,
  { metrics, log, tls }: StorageParts,
): Promise<Database> {
  const { openPostgresStore } = await import('../store/postgres/index.ts')
  await using waiting = new AsyncDisposableStack()
  const onWaiting = async (sentence: string) => {
    log.warn(sentence)
    const parts = new Map([['store', () => Promise.reject(new Error(sentence))]])
    const health = new Health({ parts, isDraining: () => false, metrics: undefined, metricsToken: undefined })
    const room = await openWaitingRoom(config, health, tls?.gate)
    waiting.defer(() => room.close())
  }
  const store = await openPostgresStore({ url, ...hooksOf(metrics), onWaiting })
  const agreeOn: Storage['agreeOn'] = (name, proposal) => store.agreeOn(name, proposal)
  return { store, agreeOn, secrets: await agreeOnSecrets(agreeOn) }
}

const hooksOf = (metrics: Metrics) => ({
  onStats: metrics.observeCommit.bind(metrics),
  onQueue: (depth: () => number) => metrics.watch('waitingWrites', depth),
})

/** Bytes of a file; 0 where there is none. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Opens the way to the other nodes, which without Redis are none. */
export async function openBus({ redisUrl }: Config, agreeOn: Storage['agreeOn'], log: Logger): Promise<Bus> {
  const onError = (err: unknown) => log.error({ err }, 'a listener failed')
  if (redisUrl === undefined || !agreeOn) return new LocalBus(onError)
  const { RedisBus } = await import('../bus/redis/index.ts')
  const host = shownRedis(redisUrl)
  return RedisBus.open({
    url: redisUrl,
    // The name is kept in the database: nodes that share one are one cluster.
    cluster: await agreeOn('cluster', randomUUID()),
    onError,
    onDown: (err) => {
      const reason = err instanceof Error ? err.message : String(err)
      log.warn(
        `Redis at ${host} is out of reach (${reason}); this node serves its own clients and tries again.`,
      )
    },
    onUp: () => log.info(`Redis at ${host} answers again.`),
  })
}
