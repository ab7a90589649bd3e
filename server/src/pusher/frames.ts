import type { Frame } from '../delivery/index.ts'
import { wsTextFrame } from '../transport/index.ts'
import type { PusherError, SubscriptionError } from './errors.ts'

/** Member → JSON of its `user_info`. */
export type Members = ReadonlyMap<string, string>

/** An event of a channel as the WebSocket frame that all its subscribers share. `data` is JSON text. */
export const pusherFrame = (event: string, channel: string, data: string): Frame =>
  wsTextFrame(JSON.stringify({ event, channel, data }))

/** Tells a subscriber that a cache channel has no last event. */
export const cacheMissFrame = (channel: string): Frame =>
  wsTextFrame(JSON.stringify({ event: 'pusher:cache_miss', channel }))

/** An event that a member of a presence channel sent. */
export const memberEventFrame = (event: string, channel: string, data: string, userId: string): Frame =>
  wsTextFrame(JSON.stringify({ event, channel, data, user_id: userId }))

export const PING = wsTextFrame('{"event":"pusher:ping","data":"{}"}')
export const PONG = wsTextFrame('{"event":"pusher:pong","data":"{}"}')

export const establishedFrame = (socketId: string, activityTimeoutSeconds: number): Frame =>
  systemFrame(
    'pusher:connection_established',
    JSON.stringify({ socket_id: socketId, activity_timeout: activityTimeoutSeconds }),
  )

/** Tells users of a watchlist that are online, or offline, by now. */
export function watchlistFrame(
  events: readonly (readonly [name: 'online' | 'offline', userIds: readonly string[]])[],
): Frame {
  const told = events.filter(([, user_ids]) => user_ids.length > 0)
  const data = { events: told.map(([name, user_ids]) => ({ name, user_ids })) }
  return systemFrame('pusher_internal:watchlist_events', JSON.stringify(data))
}

export const signedInFrame = (userData: string): Frame =>
  systemFrame('pusher:signin_success', { user_data: userData })

export const errorFrame = ({ code, message }: Pick<PusherError, 'code' | 'message'>): Frame =>
  systemFrame('pusher:error', { code, message })

export const subscriptionErrorFrame = ({ channel, type, message, status }: SubscriptionError): Frame =>
  wsTextFrame(
    JSON.stringify({ event: 'pusher:subscription_error', channel, data: { type, error: message, status } }),
  )

export const subscribedFrame = (channel: string): Frame =>
  pusherFrame('pusher_internal:subscription_succeeded', channel, '{}')

export function presenceSubscribedFrame(channel: string, members: Members): Frame {
  const ids = [...members.keys()]
  // Spelt out, because a member may be called `__proto__`, and the infos are JSON already.
  const hash = ids.map((id) => `${JSON.stringify(id)}:${members.get(id)}`).join(',')
  const data = `{"presence":{"ids":${JSON.stringify(ids)},"hash":{${hash}},"count":${ids.length}}}`
  return pusherFrame('pusher_internal:subscription_succeeded', channel, data)
}

export const memberAddedFrame = (channel: string, userId: string, info: string): Frame =>
  pusherFrame(
    'pusher_internal:member_added',
    channel,
    `{"user_id":${JSON.stringify(userId)},"user_info":${info}}`,
  )

export const memberRemovedFrame = (channel: string, userId: string): Frame =>
  pusherFrame('pusher_internal:member_removed', channel, JSON.stringify({ user_id: userId }))

const systemFrame = (event: string, data: unknown): Frame => wsTextFrame(JSON.stringify({ event, data }))
