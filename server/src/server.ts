import { randomUUID } from 'node:crypto'
import { LongAnswers } from './answers/index.ts'
import type { Bus } from './bus/bus.ts'
import { LocalBus } from './bus/local.ts'
import type { Config } from './config/index.ts'
import { AccountNotices, Chat, passwordPolicyOf } from './core/chat.ts'
import { openFeeds } from './delivery/index.ts'
import {
  type DialectName,
  type DialectParts,
  FileLines,
  FileLinks,
  mountAll,
  pusherCredentials,
} from './dialects/index.ts'
import { openFolder } from './files/folder/index.ts'
import {
  closeInOrder,
  openListeners,
  openTls,
  openWaitingRoom,
  StoreWatch,
  type Tls,
} from './hosting/index.ts'
import { type Clock, MICROS_PER_SECOND, systemClock } from './lib/clock.ts'
import { deriveKey } from './lib/derive-key.ts'
import { onFailure, report } from './lib/guard.ts'
import { shownRedis } from './lib/redis-address.ts'
import { runEvery } from './lib/timers.ts'
import { versionOf } from './lib/version.ts'
import { countLostLines, createLog, type Logger, Metrics } from './observe/index.ts'
import { agreeOnSecrets, loadSecrets, type Secrets } from './secrets/index.ts'
import type { PostgresStore } from './store/postgres/index.ts'
import { openSqliteStore } from './store/sqlite/index.ts'
import type { Store } from './store/store.ts'
import { addressReader, Health, Limits } from './transport/index.ts'
import { openWebClient, Playground, type RawPlace } from './web/index.ts'

export { type Config, readConfig } from './config/index.ts'
export { type AuthoredMessage, ChatError } from './core/chat.ts'

/** A running server. */
export interface Server {
  /** `http://host:port` of the main listener; `https:` where the server itself speaks TLS. */
  readonly url: string
  readonly port: number
  /** The port of raw TCP of each dialect that takes it and is on. */
  readonly rawPorts: ReadonlyMap<DialectName, number>
  readonly dedicatedPorts: ReadonlyMap<DialectName, number>
  /** Whether Socket.IO is served at the main port. */
  readonly hasSocketIo: boolean
  /** Whether the web client is served at the main port. */
  readonly hasWebClient: boolean
  /** Whether the playground lets anybody in. */
  readonly hasPlayground: boolean
  /** The domain itself, for programs that embed the server. */
  readonly chat: Chat
  readonly pusher: { readonly appId: string; readonly key: string }
  /**
   * From now on `/readyz` keeps newcomers away; whoever comes all the same is served. Clients are told, where their dialect
   * has a word for it, that the server will close after the drain's time of the configuration.
   */
  drain(): void
  /**
   * Stops accepting, says goodbye to clients, finishes and commits what was accepted. Rejects when the database did
   * not take that in time.
   */
  close(): Promise<void>
}

const GUEST_TTL_DAYS = 90
const HOUR_MS = 3_600_000
const TEN_MINUTES_MS = 600_000
const MINUTE_MS = 60_000

/** Starts a server: opens the store, mounts the dialects, listens. If a step fails, closes all that it opened. */
export async function createServer(config: Config): Promise<Server> {
  await using opened = new AsyncDisposableStack()
  const log = createLog(config.logLevel)
  const metrics = new Metrics()
  const stopHearing = onFailure((door, err) => {
    metrics.countFailure(door)
    log.error({ err, door }, 'a callback failed')
  })
  opened.defer(stopHearing)
  const watch = new StoreWatch({ log, metrics })
  opened.defer(() => watch.close())
  const limits = new Limits(config.rateLimits, undefined, config.rates)
  const tls = await openTls(config, { limits, metrics, log })
  const closeTls = () => tls?.close()
  opened.defer(closeTls)
  const { store: unwatched, secrets, agreeOn } = await openStorage(config, { metrics, log, watch, tls })
  const store = watch.watch(unwatched)
  opened.defer(() => store.close())
  const bus = await openBus(config, agreeOn, log)
  opened.defer(() => bus.close())
  const clock = systemClock()
  const onError = (err: unknown) => log.error({ err }, 'the core failed in the background')
  const { maxMessageBytes, passwordCost, filesQuota, retentionDays } = config
  const { md5Passwords } = config.rooms
  const passwordPolicy = passwordPolicyOf(config.passwordPolicy)
  const chat = new Chat({
    store,
    bus,
    clock,
    files: openFolder(config.filesDirectory),
    filesQuota,
    retentionDays,
    maxMessageBytes,
    passwordCost,
    passwordPolicy,
    md5Passwords,
    isRegistrationOpen: config.registration === 'open',
    inviteCodeKey: deriveKey(secrets.root, 'invite codes'),
    onError,
    onSendRefused: (error) => watch.refused(error),
  })
  const stopFreeing = freeGuestsHourly(chat, clock, log)
  opened.defer(stopFreeing)
  const stopRemovingFiles = removeFilesOften(chat, log)
  opened.defer(stopRemovingFiles)
  const stopPurging = purgeOften(chat, log)
  opened.defer(stopPurging)
  opened.defer(() => chat.retention.close())
  opened.defer(() => chat.fileRemovals.close())
  opened.defer(() => chat.removals.close())
  const resumeRemovals = () => {
    chat.removals.resume().catch(onError)
  }
  resumeRemovals()

  const notices = await AccountNotices.watch({
    store: store.accounts,
    tokenTimes: chat.accounts.tokenTimes,
    bus,
    onNews: resumeRemovals,
  })
  opened.defer(() => notices.close())

  metrics.watchMemory(() => limits.memory.cutOffs)
  metrics.watchLimits(() => limits.refusals)
  const addressOf = addressReader(config.trustedProxies)
  const feeds = openFeeds({
    bus,
    chat,
    onError: (err) => log.error({ err }, 'a listener failed'),
    onDisorder: config.checksOrder ? (disorder) => report('task', disorder) : undefined,
  })
  const answers = new LongAnswers(limits)
  const shared = { chat, bus, feeds, clock, answers, limits, addressOf }
  const about = { version: versionOf(), epoch: await store.epoch(), dialects: config.dialects }
  let ownUrl: string | undefined
  const links = new FileLinks({
    key: deriveKey(secrets.root, 'file links'),
    base: () =>
      config.dialects.includes('native') ? (config.native.publicUrl?.origin ?? ownUrl) : undefined,
  })
  const parts: DialectParts = { ...shared, log, metrics, secrets, about, links, lines: new FileLines(links) }
  const dialects = await mountAll(config.dialects, config, parts)
  metrics.watchConnections(() =>
    dialects.map(({ name, countConnections }) => [name, countConnections?.() ?? 0]),
  )

  metrics.watchLog(countLostLines)
  metrics.watchBus(() => bus.ping())

  let isDraining = false
  let closing: Promise<void> | undefined
  const health = new Health({
    parts: new Map([['store', () => watch.ping()]]),
    helpers: new Map([['bus', () => bus.ping()]]),
    isDraining: () => isDraining,
    metrics: config.metrics ? metrics : undefined,
    metricsToken: config.metricsToken,
  })
  // It speaks the native dialect and no other.
  const hasWeb = config.web && config.dialects.includes('native')
  const { appId, key } = pusherCredentials(config.channels.pusher, secrets)
  let rawPorts: Server['rawPorts'] = new Map()
  const playground = hasWeb
    ? new Playground({
        mode: config.playground,
        host: config.host,
        dialects: config.dialects,
        // A page of ours may connect to no other server, so not to hosted Pusher.
        pusherKey: config.channels.pusher.cluster === undefined ? key : undefined,
        rawPlace: () => rawPlaceOf(config, rawPorts),
        shareOf: (request) => ({ memory: limits.memory, address: addressOf(request) }),
      })
    : undefined
  const web = hasWeb ? openWebClient({ playground }) : undefined
  const listeners = await openListeners({
    dialects,
    health,
    web,
    playground: web && playground,
    metrics,
    config,
    gate: tls?.gate,
    addressOf,
    limits,
    log,
  })
  rawPorts = listeners.addresses.rawPorts
  ownUrl = listeners.addresses.url
  // From here on all of it closes in an order of its own.
  opened.move()
  return {
    ...listeners.addresses,
    hasWebClient: web !== undefined,
    hasPlayground: web?.hasPlayground === true && playground?.isOpen === true,
    chat,
    pusher: { appId, key },
    drain: () => {
      isDraining = true
      for (const dialect of dialects) dialect.drain?.(config.drainSeconds * 1_000)
    },
    close: () => {
      isDraining = true
      stopFreeing()
      stopRemovingFiles()
      stopPurging()
      notices.close()
      watch.close()
      closeTls()
      const { presence } = chat
      // With the raw clients, whose other end its bridges are.
      const peers = playground
        ? [...dialects, { name: 'playground', close: () => playground.close() }]
        : dialects
      closing ??= closeInOrder({ listeners, dialects: peers, presence, store, bus, log }).finally(stopHearing)
      return closing
    },
  }
}

/** Where rooms takes raw TCP, with the port that it really has. */
function rawPlaceOf({ rawPorts: places, tls }: Config, bound: Server['rawPorts']): RawPlace | undefined {
  const place = places.find(({ dialect }) => dialect === 'rooms')
  const port = bound.get('rooms')
  return place && port !== undefined ? { host: place.host, port, isSecure: tls !== undefined } : undefined
}

interface Storage {
  readonly store: Store
  readonly secrets: Secrets
  /** The value proposed first under a name, by whichever node. A store of one server needs none. */
  readonly agreeOn?: PostgresStore['agreeOn']
}

const SCHEMA_CHANGED = 'the schema of the database was changed, and a copy of it as it was is kept beside it'

interface Watching {
  readonly metrics: Metrics
  readonly log: Logger
  readonly watch: StoreWatch
  readonly tls: Tls | undefined
}

async function openStorage(config: Config, { metrics, log, watch, tls }: Watching): Promise<Storage> {
  const { database } = config
  const onStats = metrics.observeCommit.bind(metrics)
  if (database.kind === 'sqlite') {
    const onFailure = (err: Error) => log.fatal({ err }, 'the store has failed')
    const onLoss = (loss: Error) => watch.begin(loss)
    const onSchemaChange = ({ path, schema, bytes }: { path: string; schema: number; bytes: number }) =>
      log.info({ path, schema, bytes }, SCHEMA_CHANGED)
    const hooks = { onStats, onFailure, onLoss, onSchemaChange }
    const store = await openSqliteStore({ file: database.file, ...hooks })
    try {
      // Beside a database only: what is refused leaves nothing behind.
      return { store, secrets: loadSecrets(database.directory) }
    } catch (error) {
      await store.close()
      throw error
    }
  }
  const { openPostgresStore } = await import('./store/postgres/index.ts')
  await using waiting = new AsyncDisposableStack()
  const onWaiting = async (sentence: string) => {
    log.warn(sentence)
    const parts = new Map([['store', () => Promise.reject(new Error(sentence))]])
    const health = new Health({ parts, isDraining: () => false, metrics: undefined, metricsToken: undefined })
    const room = await openWaitingRoom(config, health, tls?.gate)
    waiting.defer(() => room.close())
  }
  const store = await openPostgresStore({ url: database.url, onStats, onWaiting })
  const agreeOn: Storage['agreeOn'] = (name, proposal) => store.agreeOn(name, proposal)
  return { store, agreeOn, secrets: await agreeOnSecrets(agreeOn) }
}

async function openBus({ redisUrl }: Config, agreeOn: Storage['agreeOn'], log: Logger): Promise<Bus> {
  const onError = (err: unknown) => log.error({ err }, 'a listener failed')
  if (redisUrl === undefined || !agreeOn) return new LocalBus(onError)
  const { RedisBus } = await import('./bus/redis/index.ts')
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

/** Removes files that nobody has attached for a day, and the bytes of those removed: at start and every ten minutes. */
function removeFilesOften(chat: Chat, log: Logger): () => void {
  const remove = () => {
    chat.fileRemovals.run().catch((err) => log.error({ err }, 'removing files failed'))
  }
  remove()
  const timer = runEvery(TEN_MINUTES_MS, remove)
  return () => clearInterval(timer)
}

/**
 * Purges messages that have been kept for long enough: each minute in the conversations that have a rule or a wish of their
 * own, and in all at start and every hour.
 */
function purgeOften(chat: Chat, log: Logger): () => void {
  const purge = (isWhole: boolean) => {
    chat.retention.run({ isWhole }).catch((err) => log.error({ err }, 'purging messages failed'))
  }
  purge(true)
  const timers = [runEvery(HOUR_MS, () => purge(true)), runEvery(MINUTE_MS, () => purge(false))]
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

/** Gives back the names of guests who have not come for a while: at start and every hour. */
function freeGuestsHourly(chat: Chat, clock: Clock, log: Logger): () => void {
  const free = () => {
    const unseenSince = clock.nowMicros() - GUEST_TTL_DAYS * 24 * 3600 * MICROS_PER_SECOND
    chat.accounts
      .freeGuests(unseenSince)
      .catch((err) => log.error({ err }, 'freeing the names of guests failed'))
  }
  free()
  const timer = runEvery(HOUR_MS, free)
  return () => clearInterval(timer)
}
