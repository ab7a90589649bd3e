import type { LongAnswers } from '../answers/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Chat } from '../core/chat.ts'
import type { Feeds } from '../delivery/index.ts'
import type { Clock } from '../lib/clock.ts'
import { deriveKey } from '../lib/token.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { AddressOf, Limits } from '../transport/index.ts'
import type { Dialect } from './dialect.ts'
import type { DialectName } from './names.ts'
import type { RoomsDialect } from './rooms/index.ts'
import type { DialectSettings } from './settings.ts'

/** What the dialects are built from; each takes only what it uses. */
export interface DialectParts {
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly clock: Clock
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly metrics: Metrics
  readonly settings: DialectSettings
  readonly secrets: Secrets
}

/** One row per dialect. Modules are loaded when their dialect is on. */
const mountDialect = {
  async rooms({
    chat,
    feeds,
    limits,
    answers,
    addressOf,
    log,
    settings,
  }: DialectParts): Promise<RoomsDialect> {
    const { mountRooms } = await import('./rooms/index.ts')
    const { historyLimit } = settings.rooms
    return mountRooms({ chat, feeds, limits, answers, addressOf, log, historyLimit })
  },

  async chatapp(parts: DialectParts): Promise<Dialect> {
    const { chat, feeds, clock, limits, answers, addressOf, log, settings, secrets } = parts
    const { mountChatapp } = await import('./chatapp/index.ts')
    const { jwtSecret, allowedOrigins, cookieSameSite: sameSite, endsWithToken } = settings.chatapp
    const key = jwtSecret ?? secrets.jwtSecret
    const own = { jwtSecret: key, allowedOrigins, sameSite, endsWithToken }
    return mountChatapp({ chat, feeds, clock, limits, answers, addressOf, log, ...own })
  },

  async groups({ chat, feeds, limits, answers, log, settings }: DialectParts): Promise<Dialect> {
    const { mountGroups } = await import('./groups/index.ts')
    return mountGroups({ chat, feeds, limits, answers, log, guestsAllowed: settings.groups.guestsAllowed })
  },

  async messenger(parts: DialectParts): Promise<Dialect> {
    const { chat, clock, limits, answers, addressOf, log, secrets } = parts
    const { mountMessenger } = await import('./messenger/index.ts')
    const tokenKey = deriveKey(secrets.root, 'messenger')
    return mountMessenger({ chat, clock, limits, answers, addressOf, log, tokenKey })
  },

  async channels({
    chat,
    bus,
    feeds,
    clock,
    answers,
    limits,
    addressOf,
    log,
    metrics,
    settings,
    secrets,
  }: DialectParts): Promise<Dialect> {
    const { mountChannels } = await import('./channels/index.ts')
    const tokenKey = deriveKey(secrets.root, 'channels')
    const pusher = await openPusher({ bus, clock, limits, addressOf, log, metrics, settings, secrets })
    return mountChannels({
      chat,
      bus,
      feeds,
      clock,
      answers,
      limits,
      addressOf,
      log,
      tokenKey,
      ...settings.channels,
      pusher,
    })
  },
}

export interface Dialects {
  readonly all: readonly Dialect[]
  /** The one that also takes raw TCP; undefined when it is off. */
  readonly rooms: RoomsDialect | undefined
}

/** Mounts the dialects that are on, in the order of their names' list. */
export async function mountAll(parts: DialectParts): Promise<Dialects> {
  const isOn = (name: DialectName) => parts.settings.dialects.includes(name)
  const rooms = isOn('rooms') ? await mountDialect.rooms(parts) : undefined
  const others = ALL_BUT_ROOMS.filter(isOn).map((name) => mountDialect[name](parts))
  const all = [...(rooms ? [rooms] : []), ...(await Promise.all(others))]
  // Requests reach Fastify past its own listener, which is what would wait for this.
  await Promise.all(all.map(({ http }) => http?.ready()))
  return { rooms, all }
}

const ALL_BUT_ROOMS = ['chatapp', 'groups', 'messenger', 'channels'] as const

/** Hosted Pusher where a cluster is named, else the server of our own. */
async function openPusher({
  bus,
  clock,
  limits,
  addressOf,
  log,
  metrics,
  settings,
  secrets,
}: Omit<DialectParts, 'chat' | 'feeds' | 'answers'>) {
  const { createHostedPublisher, createPusherServer } = await import('../pusher/index.ts')
  const { cluster, webhookUrl, subscriptionCounts, maxConnections } = settings.pusher
  const credentials = pusherCredentials(settings, secrets)
  if (cluster) {
    return { mode: 'hosted', publisher: createHostedPublisher({ credentials, cluster }) } as const
  }
  const server = createPusherServer({
    ...{ bus, clock, credentials, limits, addressOf, log, subscriptionCounts },
    ...(webhookUrl && { webhookUrl }),
    ...(maxConnections !== undefined && { connectionQuota: maxConnections }),
    onWebhookDropped: (reason, count) => metrics.countDroppedWebhooks(reason, count),
  })
  return { mode: 'built-in', server } as const
}

export const pusherCredentials = ({ pusher }: Pick<DialectSettings, 'pusher'>, secrets: Secrets) => ({
  appId: pusher.appId ?? secrets.pusherAppId,
  key: pusher.key ?? secrets.pusherKey,
  secret: pusher.secret ?? secrets.pusherSecret,
})
