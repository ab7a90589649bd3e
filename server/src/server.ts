import { LongAnswers } from './answers/index.ts'
import type { Config } from './config/index.ts'
import { AccountNotices, Chat, passwordPolicyOf } from './core/chat.ts'
import { openFeeds, stalls } from './delivery/index.ts'
import {
  type DialectName,
  type DialectParts,
  FileLines,
  FileLinks,
  mountAll,
  pusherCredentials,
} from './dialects/index.ts'
import {
  beginChores,
  closeInOrder,
  openBus,
  openListeners,
  openStorage,
  openTls,
  openTracing,
  StoreWatch,
} from './hosting/index.ts'
import { systemClock } from './lib/clock.ts'
import { deriveKey } from './lib/derive-key.ts'
import { onFailure, report } from './lib/guard.ts'
import { versionOf } from './lib/version.ts'
import { countLostLines, createLog, Metrics } from './observe/index.ts'
import { backUpMaker } from './operating/serving.ts'
import { addressReader, Health, Limits, requestIdAmong } from './transport/index.ts'
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

/** Starts a server: opens the store, mounts the dialects, listens. If a step fails, closes all that it opened. */
export async function createServer(config: Config): Promise<Server> {
  await using opened = new AsyncDisposableStack()
  const log = createLog(config.logLevel)
  const metrics = new Metrics()
  const stopHearing = onFailure((door, err, about) => {
    metrics.countFailure(door)
    log.error({ err, door, ...requestIdAmong(about) }, 'a callback failed')
  })
  opened.defer(stopHearing)
  const tracing = await openTracing(config, log)
  opened.defer(() => tracing?.close())
  const watch = new StoreWatch({ log, metrics })
  opened.defer(() => watch.close())
  const limits = new Limits(config.rateLimits, undefined, config.rates)
  const tls = await openTls(config, { limits, metrics, log })
  opened.defer(() => tls?.close())
  const {
    store: unwatched,
    files,
    secrets,
    agreeOn,
  } = await openStorage(config, {
    ...{ metrics, log, watch, tls },
  })
  const store = watch.watch(unwatched)
  opened.defer(() => store.close())
  const bus = await openBus(config, agreeOn, log)
  opened.defer(() => bus.close())
  const clock = systemClock()
  const onError = (err: unknown) => log.error({ err }, 'the core failed in the background')
  const { maxMessageBytes, passwordCost, filesQuota, retentionDays } = config
  const { md5Passwords } = config.rooms
  const passwordPolicy = passwordPolicyOf(config.passwordPolicy)
  const { database, filesDirectory, certificatesDirectory, backUpDirectory: directory } = config
  const chat = new Chat({
    store,
    bus,
    clock,
    files,
    filesQuota,
    retentionDays,
    maxMessageBytes,
    passwordCost,
    passwordPolicy,
    md5Passwords,
    isRegistrationOpen: config.registration === 'open',
    backUpMaker:
      directory === undefined
        ? undefined
        : backUpMaker({ database, filesDirectory, certificatesDirectory, directory }, log),
    inviteCodeKey: deriveKey(secrets.root, 'invite codes'),
    onError,
    onSendRefused: (error) => watch.refused(error),
  })
  const chores = beginChores(chat, clock, log)
  opened.defer(() => chores.close())
  const resumeRemovals = () => {
    chat.removals.resume().catch(onError)
  }
  resumeRemovals()

  const notices = await AccountNotices.watch({
    store: store.accounts,
    state: store.accountState,
    tokenTimes: chat.credentials.tokenTimes,
    bus,
    onNews: resumeRemovals,
  })
  opened.defer(() => notices.close())

  metrics.watch('memoryCutOffs', () => limits.memory.cutOffs)
  metrics.watch('slowCloses', () => stalls.slowCloses)
  metrics.watch('refusedSignIns', () => chat.credentials.refusedSignIns)
  metrics.watch('waitingHashes', () => chat.credentials.waitingHashes)
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
  const parts: Omit<DialectParts, 'tally'> = {
    ...shared,
    log,
    metrics,
    secrets,
    about,
    links,
    lines: new FileLines(links),
  }
  const dialects = await mountAll(config.dialects, config, parts)
  // Feeds over several nodes read what they have not been told.
  if (!bus.isShared)
    watch.onUnknown(() => {
      for (const dialect of dialects) dialect.doubt?.()
    })
  metrics.watchConnections(() =>
    dialects.map(({ name, countConnections }) => [name, countConnections?.() ?? 0]),
  )

  metrics.watch('lostLogLines', countLostLines)
  metrics.watch('heals', () => feeds.heals)
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
      notices.close()
      watch.close()
      const { presence } = chat
      // With the raw clients, whose other end its bridges are.
      const peers = [
        ...dialects,
        ...(playground ? [{ name: 'playground', close: () => playground.close() }] : []),
        { name: 'back-up', close: () => chat.backUps.close() },
        { name: 'chores', close: () => chores.close() },
        ...(tls ? [{ name: 'certificate', close: () => tls.close() }] : []),
      ]
      closing ??= closeInOrder({ listeners, dialects: peers, presence, store, bus, log }).finally(() => {
        stopHearing()
        return tracing?.close()
      })
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
