import type { FastifyInstance } from 'fastify'
import type { Bus } from '../bus/bus.ts'
import type { Frame, Sink } from '../delivery/index.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { runEvery } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'
import type { AddressOf, Limits, UpgradeHandler } from '../transport/index.ts'
import { Announcements } from './announcements.ts'
import { Channels, type OccupancyListener } from './channels.ts'
import type { PusherConnection } from './connection.ts'
import { ConnectionQuota } from './connection-quota.ts'
import { Connections, type Liveness } from './connections.ts'
import { keyIn } from './handshake.ts'
import { createHttpApi } from './http-api.ts'
import { Occupancy } from './occupancy.ts'
import { OnlineUsers } from './online-users.ts'
import type { PusherCredentials, PusherPublisher } from './publisher.ts'
import { Pushes } from './pushes.ts'
import { QUOTAS } from './quotas.ts'
import { Requests } from './requests.ts'
import { Signatures } from './signatures.ts'
import { SubscriptionCounts } from './subscription-counts.ts'
import { Subscriptions } from './subscriptions.ts'
import { Users } from './users.ts'
import { Watchlists } from './watchlists.ts'
import type { OnDropped } from './webhook-queue.ts'
import { type WebhookRetry, Webhooks } from './webhooks.ts'

export interface PusherDeps {
  readonly bus: Bus
  readonly credentials: PusherCredentials
  /** Where webhooks are posted. None are sent without it. */
  readonly webhookUrl?: string
  /** Called for webhook events that are given up. */
  readonly onWebhookDropped?: OnDropped
  /** Whether subscribers and the application are told how many subscriptions a channel has. */
  readonly subscriptionCounts?: boolean
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly clock?: Clock
  readonly timing?: Partial<PusherTiming>
  /** Connections of this node; the next client is told to come back later. */
  readonly maxConnections?: number
  /** Connections of the application on all nodes together; the next client is told to stay away. */
  readonly connectionQuota?: number
}

interface PusherTiming extends Liveness {
  /** Webhooks tell of a channel or member that went only after so many milliseconds. */
  readonly lingerMs: number
  /** How often the members of presence channels are compared with what the cluster knows. */
  readonly mendIntervalMs: number
  readonly webhookRetry: Partial<WebhookRetry>
}

/** A Pusher protocol 7 server of one application. It knows nothing of chat. */
export interface PusherServer extends PusherPublisher {
  /** Answers `/apps/…`. */
  readonly http: FastifyInstance
  /** The handler of WebSocket handshakes to `/app/<key>`, whatever the key. */
  upgrade(path: string): UpgradeHandler | undefined
  /** To this node's subscribers of the channel alone. */
  deliver(channel: string, frame: Frame): void
  /**
   * Tells of a channel's first subscriber on this node and of its last one's leaving. A promise that the
   * listener returns is awaited before the first subscriber hears that it is subscribed.
   */
  onOccupancy(listener: OccupancyListener): void
  /**
   * This node's subscribers of the channel as one sink. A batch that is pushed here goes to all of them by reference,
   * in order with every other event of the channel. May be held while nobody is subscribed.
   */
  channelSink(channel: string): Sink
  /** This node's subscribers of the channel. */
  countSubscribers(channel: string): number
  /** The client with that id, if it is on this node. */
  findConnection(socketId: string): PusherConnection | undefined
  /** Clients on this node. */
  countConnections(): number
  /** Closes every connection, on any node, that has signed in as that user. */
  terminateUser(userId: string): void
  /** Closes all connections (clients come back at once) and waits until they are gone. */
  close(): Promise<void>
}

/** Pusher's own documents recommend 120 s; ours is small, so that proxies do not cut idle connections. */
const LIVENESS: Liveness = { activityTimeout: 30, grace: 15, pongTimeout: 30 }
const LINGER_MS = 3_000
/** Milliseconds that a user stays online without a connection: one who loads a page anew is not offline meanwhile. */
const ONLINE_LINGER_MS = 1_000
const MEND_INTERVAL_MS = 30_000

export function createPusherServer(deps: PusherDeps): PusherServer {
  const { bus, credentials, limits, addressOf, log, clock = systemClock(), timing = {} } = deps
  const signatures = new Signatures(credentials)
  const occupancy = new Occupancy(bus.presence)
  const channels = new Channels(bus, occupancy, log)
  const users = new Users(bus)
  const onlineUsers = new OnlineUsers(bus, Math.min(ONLINE_LINGER_MS, timing.lingerMs ?? LINGER_MS), log)
  const watchlists = new Watchlists({ bus, onlineUsers, limits, log })
  const announcements = new Announcements({
    sets: bus.presence,
    webhooks: openWebhooks(deps, signatures, clock),
    lingerMs: timing.lingerMs ?? LINGER_MS,
    log,
  })
  const counts = deps.subscriptionCounts
    ? countSubscriptions({ channels, occupancy, announcements, log })
    : undefined
  const pushes = new Pushes(limits)
  const subscriptions = new Subscriptions({
    ...{ channels, occupancy, announcements, counts, limits, pushes, log },
  })
  const requests = new Requests({
    ...{ signatures, subscriptions, users, onlineUsers, watchlists, channels, announcements, pushes },
  })
  const connections = new Connections({
    key: credentials.key,
    requests,
    limits,
    addressOf,
    liveness: { ...LIVENESS, ...timing },
    maxConnections: deps.maxConnections ?? QUOTAS.connections,
    quota:
      deps.connectionQuota === undefined
        ? undefined
        : new ConnectionQuota(bus.presence, deps.connectionQuota, log),
    log,
  })
  const mending = runEvery(timing.mendIntervalMs ?? MEND_INTERVAL_MS, () => {
    channels.mendRosters().catch((err) => log.warn({ err }, 'members were not compared'))
  }).unref()
  const publisher: PusherPublisher = {
    async trigger(names, event, data, options = {}) {
      for (const name of names) channels.trigger(name, { type: 'event', event, data, ...options })
    },
    authorizeChannel: (socketId, channel, presenceData) =>
      signatures.authorizeChannel(socketId, channel, presenceData),
  }
  bus.presence.onShift((shift) => {
    const [channel, change] = occupancy.changeBy(shift) ?? []
    if (channel !== undefined && change) channels.publish(channel, change)
    announcements.shifted(shift)
    onlineUsers.shifted(shift)
  })
  const terminateUser = (userId: string) => users.terminate(userId)

  return {
    ...publisher,
    http: createHttpApi({
      credentials,
      signatures,
      publisher,
      occupancy,
      cache: channels.cache,
      terminateUser,
      reachOthers: () => bus.ping(),
      clock,
      log,
    }),
    upgrade(path) {
      const key = keyIn(path)
      return key === undefined ? undefined : connections.handler(key)
    },
    deliver: (channel, frame) => channels.deliver(channel, frame),
    onOccupancy: (listener) => channels.onOccupancy(listener),
    channelSink: (channel) => channels.sink(channel),
    countSubscribers: (channel) => channels.countHere(channel),
    findConnection: (socketId) => connections.find(socketId),
    countConnections: () => connections.count,
    terminateUser,
    async close() {
      clearInterval(mending)
      await connections.close()
      await subscriptions.settled()
      counts?.close()
      await Promise.all([announcements.close(), onlineUsers.close()])
    },
  }
}

interface CountingDeps {
  readonly channels: Channels
  readonly occupancy: Occupancy
  readonly announcements: Announcements
  readonly log: Logger
}

function countSubscriptions({ channels, occupancy, announcements, log }: CountingDeps): SubscriptionCounts {
  const counts = new SubscriptionCounts({
    occupancy,
    publish: (channel, event) => channels.publish(channel, event),
    announce: (channel, count) => announcements.subscriptionsCounted(channel, count),
    log,
  })
  channels.onEvent(counts)
  channels.onOccupancy((channel, isOccupied) => {
    if (!isOccupied) counts.forget(channel)
  })
  return counts
}

function openWebhooks(deps: PusherDeps, signatures: Signatures, clock: Clock): Webhooks | undefined {
  const { webhookUrl: url, onWebhookDropped: onDropped, log, timing } = deps
  if (url === undefined) return undefined
  return new Webhooks({
    url,
    signatures,
    clock,
    log,
    ...(onDropped && { onDropped }),
    ...(timing?.webhookRetry && { retry: timing.webhookRetry }),
  })
}
