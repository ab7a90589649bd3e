import { isJsonObject, type JsonObject, own, parseJson } from '../lib/json.ts'
import { isCleanText } from '../lib/text.ts'
import { QUOTAS } from './quotas.ts'

/** A client's message, parsed. */
export type ClientMessage =
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | SubscribeMessage
  | { readonly type: 'unsubscribe'; readonly channel: string }
  | { readonly type: 'signin'; readonly auth: string; readonly userData: string }
  | ClientEventMessage
  | { readonly type: 'invalid'; readonly why: string }

export interface SubscribeMessage {
  readonly type: 'subscribe'
  readonly channel: string
  readonly auth: string
  readonly channelData?: string
}

export interface ClientEventMessage {
  readonly type: 'client_event'
  readonly event: string
  readonly channel: string
  /** As it goes out: a string as it came, anything else as JSON. */
  readonly data: string
}

export function parseMessage(text: string): ClientMessage {
  const message = parseObject(text)
  if (!message) return invalid('Invalid message format: a JSON object is expected')
  const event = own(message, 'event')
  if (typeof event !== 'string' || !isCleanText(event)) {
    return invalid('Invalid message format: "event" must be a string')
  }
  if (!event.startsWith('pusher:')) return parseClientEvent(event, message)
  return parseCommand(event, dataOf(message))
}

function parseCommand(event: string, data: JsonObject): ClientMessage {
  switch (event) {
    case 'pusher:ping':
      return { type: 'ping' }
    case 'pusher:pong':
      return { type: 'pong' }
    case 'pusher:subscribe':
      return parseSubscribe(data)
    case 'pusher:unsubscribe': {
      const channel = own(data, 'channel')
      return typeof channel === 'string' ? { type: 'unsubscribe', channel } : invalid(NO_CHANNEL)
    }
    case 'pusher:signin': {
      const auth = own(data, 'auth')
      const userData = own(data, 'user_data')
      if (typeof auth !== 'string' || typeof userData !== 'string') {
        return invalid('Invalid sign-in: "auth" and "user_data" must be strings')
      }
      return { type: 'signin', auth, userData }
    }
    default:
      return invalid('Unknown event')
  }
}

const NO_CHANNEL = 'Invalid message format: "channel" must be a string'

function parseSubscribe(data: JsonObject): ClientMessage {
  const channel = own(data, 'channel')
  const auth = own(data, 'auth') ?? ''
  const channelData = own(data, 'channel_data') ?? undefined
  if (typeof channel !== 'string') return invalid(NO_CHANNEL)
  if (typeof auth !== 'string') return invalid('Invalid subscription: "auth" must be a string')
  if (channelData === undefined) return { type: 'subscribe', channel, auth }
  if (typeof channelData !== 'string') return invalid('Invalid subscription: "channel_data" must be a string')
  return { type: 'subscribe', channel, auth, channelData }
}

function parseClientEvent(event: string, message: JsonObject): ClientMessage {
  if (!event.startsWith('client-')) return invalid('Unknown event: client events start with "client-"')
  const channel = own(message, 'channel')
  if (typeof channel !== 'string') return invalid(NO_CHANNEL)
  const data = own(message, 'data')
  const text = typeof data === 'string' ? data : jsonOf(data ?? null)
  if (text === undefined || !isCleanText(text)) return invalid('Invalid message format: "data" is not text')
  return { type: 'client_event', event, channel, data: text }
}

/** A member of a presence channel, as the application describes it. */
export interface Member {
  readonly userId: string
  /** JSON of its `user_info`. */
  readonly info: string
}

/** `channel_data` of a presence channel, or `user_data` of a sign-in, whose id is under `idName`. */
export function parseUser(text: string, idName: 'user_id' | 'id'): Member | undefined {
  const user = parseObject(text)
  const userId = user && userIdOf(own(user, idName))
  if (userId === undefined) return undefined
  const info = jsonOf(own(user ?? {}, 'user_info') ?? null)
  return info === undefined ? undefined : { userId, info }
}

/** The users whom a signed-in user watches, each once. Undefined when it is no list, or too long. */
export function parseWatchlist(userData: string): readonly string[] | undefined {
  const list = own(parseObject(userData) ?? {}, 'watchlist') ?? []
  if (!Array.isArray(list)) return undefined
  const userIds = new Set(list.map(userIdOf))
  if (userIds.has(undefined) || userIds.size > QUOTAS.watchlistLength) return undefined
  return [...userIds].filter((userId) => userId !== undefined)
}

/** Accepts a string, or a whole number, which becomes a string. */
function userIdOf(id: unknown): string | undefined {
  const userId = Number.isSafeInteger(id) ? String(id) : id
  if (typeof userId !== 'string' || userId === '' || !isCleanText(userId)) return undefined
  return userId.length > QUOTAS.userIdLength ? undefined : userId
}

export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** Some libraries encode the data of `pusher:` events twice, as the server does. */
function dataOf(message: JsonObject): JsonObject {
  const data = own(message, 'data')
  if (typeof data === 'string') return parseObject(data) ?? {}
  return isJsonObject(data) ? data : {}
}

/** Undefined when it is nested too deeply to be written. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const invalid = (why: string): ClientMessage => ({ type: 'invalid', why })
