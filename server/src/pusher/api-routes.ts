import { ApiError } from './api-error.ts'
import {
  type Attribute,
  parseBatch,
  parseChannelName,
  parseInfo,
  parseTrigger,
  requireCache,
  requirePresence,
  type Trigger,
} from './api-wire.ts'
import { channelKind, isCacheChannel } from './channel-name.ts'
import type { EventCache } from './event-cache.ts'
import type { Occupancy } from './occupancy.ts'
import type { PusherPublisher } from './publisher.ts'

export interface ApiRoutesDeps {
  readonly publisher: Pick<PusherPublisher, 'trigger'>
  readonly occupancy: Occupancy
  readonly cache: EventCache
  readonly terminateUser: (userId: string) => void
  /** Rejects while the other nodes are out of reach. */
  readonly reachOthers: () => Promise<void>
}

export interface Params {
  readonly app_id: string
  readonly channel: string
  readonly user_id: string
}

/** One API call: the channel or user in the path, the signed query, and the body, empty for GET. */
interface Call {
  readonly path: Params
  readonly query: URLSearchParams
  readonly body: string
}

/** The path is below `/apps/<id>`; what `run` answers goes out as JSON. */
export type Route = (method: 'GET' | 'POST', url: string, run: (call: Call) => Promise<object>) => void

export function addRoutes(route: Route, deps: ApiRoutesDeps): void {
  addEventRoutes(route, deps)
  addChannelRoutes(route, deps)
}

function addEventRoutes(route: Route, deps: ApiRoutesDeps): void {
  const { publisher, terminateUser, reachOthers } = deps
  const send = ({ channels, event, data, exceptSocketId }: Trigger) =>
    publisher.trigger(channels, event, data, exceptSocketId === undefined ? {} : { exceptSocketId })
  const about = (channel: string, info: readonly Attribute[] = []) => describe(deps, channel, info)

  route('POST', '/events', async ({ body, query }) => {
    const event = parseTrigger(body, query)
    const { channels, info } = event
    await send(event)
    if (!info) return {}
    return { channels: await mapped(channels, (channel) => about(channel, info)) }
  })

  route('POST', '/batch_events', async ({ body }) => {
    const batch = parseBatch(body)
    for (const event of batch) await send(event)
    if (!batch.some(({ info }) => info)) return {}
    return { batch: await Promise.all(batch.map(({ channels, info }) => about(channels[0] ?? '', info))) }
  })

  route('POST', '/users/:user_id/terminate_connections', async ({ path }) => {
    terminateUser(path.user_id)
    await reachOthers().catch(() => {
      throw new ApiError(503, 'Not every server could be told: try again')
    })
    return {}
  })
}

function addChannelRoutes(route: Route, deps: ApiRoutesDeps): void {
  const { occupancy } = deps
  route('GET', '/channels', async ({ query }) => {
    const prefix = query.get('filter_by_prefix') ?? ''
    const info = parseInfo(query.get('info')) ?? []
    if (info.includes('user_count')) requirePresence(prefix, 'user_count')
    // Cached events are refused here: up to 10 KiB for each channel would make the answer too long.
    if (info.includes('cache')) requireCache('')
    const names = (await occupancy.listChannels(prefix)).filter((name) => channelKind(name) !== 'user')
    return { channels: await mapped(names, (name) => describe(deps, name, info)) }
  })

  route('GET', '/channels/:channel', async ({ path, query }) => {
    const name = parseChannelName(path.channel)
    const info = parseInfo(query.get('info')) ?? []
    if (info.includes('user_count')) requirePresence(name, 'user_count')
    if (info.includes('cache')) requireCache(name)
    return { occupied: await occupancy.isOccupied(name), ...(await describe(deps, name, info)) }
  })

  route('GET', '/channels/:channel/users', async ({ path }) => {
    const name = parseChannelName(path.channel)
    requirePresence(name, 'The list of users')
    return { users: [...(await occupancy.members(name)).keys()].map((id) => ({ id })) }
  })
}

interface Described {
  readonly user_count?: number
  readonly subscription_count?: number
  /** `ttl` in seconds; null when nothing is kept. */
  readonly cache?: { readonly event: string; readonly data: string; readonly ttl: number } | null
}

async function describe(
  { occupancy, cache }: ApiRoutesDeps,
  channel: string,
  info: readonly Attribute[],
): Promise<Described> {
  const hasUsers = info.includes('user_count') && channelKind(channel) === 'presence'
  return {
    ...(hasUsers && { user_count: await occupancy.countUsers(channel) }),
    ...(info.includes('subscription_count') && {
      subscription_count: await occupancy.countSubscriptions(channel),
    }),
    ...(info.includes('cache') && isCacheChannel(channel) && { cache: await cachedEvent(cache, channel) }),
  }
}

async function cachedEvent(
  cache: EventCache,
  channel: string,
): Promise<NonNullable<Described['cache']> | null> {
  const kept = await cache.find(channel)
  if (!kept) return null
  const { event, data } = kept.news
  return { event, data, ttl: Math.ceil(kept.leftMs / 1000) }
}

async function mapped<T>(names: readonly string[], describeOne: (name: string) => Promise<T>) {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await describeOne(name)] as const)),
  )
}
