import { type JsonObject, own } from '../lib/json.ts'
import { isCleanText } from '../lib/text.ts'
import { ApiError } from './api-error.ts'
import { channelKind, isCacheChannel, isChannelName, isTriggerTarget } from './channel-name.ts'
import { QUOTAS } from './quotas.ts'
import { parseObject } from './wire.ts'

const ATTRIBUTES = ['user_count', 'subscription_count', 'cache'] as const
export type Attribute = (typeof ATTRIBUTES)[number]

/** One event to send. */
export interface Trigger {
  readonly event: string
  readonly data: string
  readonly channels: readonly string[]
  readonly exceptSocketId?: string
  /** Attributes of each channel that the answer must have; undefined when none were asked for. */
  readonly info?: readonly Attribute[]
}

/** The body of `POST …/events`; without one, the query has the same fields, lists as `channels[]=`. */
export function parseTrigger(body: string, params: URLSearchParams): Trigger {
  const fields = body === '' ? fieldsOfQuery(params) : parseBody(body)
  const channels = own(fields, 'channels') ?? [own(fields, 'channel')]
  if (!Array.isArray(channels) || channels.length === 0) throw invalid('"channels" must be a list of names')
  if (channels.length > QUOTAS.channelsPerTrigger) {
    throw invalid(`At most ${QUOTAS.channelsPerTrigger} channels may be triggered at once`)
  }
  return { ...parseEvent(fields), channels: [...new Set(channels.map(parseTarget))] }
}

/** The body of `POST …/batch_events`. */
export function parseBatch(body: string): readonly Trigger[] {
  const batch = own(parseBody(body), 'batch')
  if (!Array.isArray(batch) || batch.length === 0) throw invalid('"batch" must be a list of events')
  if (batch.length > QUOTAS.eventsPerBatch) {
    throw invalid(`A batch has at most ${QUOTAS.eventsPerBatch} events`)
  }
  return batch.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw invalid('An event must be an object')
    const fields: JsonObject = { ...item }
    return { ...parseEvent(fields), channels: [parseTarget(own(fields, 'channel'))] }
  })
}

export function parseInfo(value: unknown): readonly Attribute[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid('"info" must be a comma-separated list')
  const names = value.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '').map(parseAttribute)
}

export function parseChannelName(name: string): string {
  if (!isChannelName(name)) throw invalid('Invalid channel name')
  return name
}

/** Refuses all but one cache channel: others keep no last event, and an answer has that of one channel only. */
export function requireCache(name: string): void {
  if (!isCacheChannel(name)) throw invalid('"cache" is only known of one cache channel')
}

/** Only presence channels know their users. */
export function requirePresence(name: string, what: string): void {
  if (channelKind(name) !== 'presence') throw invalid(`${what} is only known of presence channels`)
}

function parseEvent(fields: JsonObject): Omit<Trigger, 'channels'> {
  const event = own(fields, 'name')
  const data = own(fields, 'data')
  const socketId = own(fields, 'socket_id') ?? undefined
  const info = parseInfo(own(fields, 'info'))
  if (!isEventName(event)) throw invalid('"name" must be the event\'s name')
  if (RESERVED.test(event))
    throw invalid('"name" may not begin with "pusher:" or "pusher_internal:": such names are reserved')
  if (typeof data !== 'string' || !data.isWellFormed()) throw invalid('"data" must be a string')
  if (Buffer.byteLength(data) > QUOTAS.dataBytes) {
    throw new ApiError(
      413,
      `The data content of this event exceeds the allowed maximum (${QUOTAS.dataBytes} bytes)`,
    )
  }
  if (socketId !== undefined && !isSocketId(socketId)) throw invalid('Invalid socket id')
  return { event, data, ...(socketId !== undefined && { exceptSocketId: socketId }), ...(info && { info }) }
}

const isSocketId = (value: unknown): value is string => typeof value === 'string' && /^\d+\.\d+$/.test(value)

/** The prefix of the protocol's own events. */
const RESERVED = /^pusher(_internal)?:/

const isEventName = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name.length <= QUOTAS.eventNameLength && isCleanText(name)

function parseTarget(name: unknown): string {
  if (typeof name !== 'string' || !isTriggerTarget(name)) throw invalid('Invalid channel name')
  return name
}

function parseAttribute(name: string): Attribute {
  const attribute = ATTRIBUTES.find((known) => known === name)
  if (!attribute) throw invalid(`Unknown attribute: "info" may have ${ATTRIBUTES.join(', ')}`)
  return attribute
}

function parseBody(body: string): JsonObject {
  const fields = parseObject(body)
  if (!fields) throw invalid('The body must be a JSON object')
  return fields
}

function fieldsOfQuery(params: URLSearchParams): JsonObject {
  const channels = params.getAll('channels[]')
  return { ...Object.fromEntries(params), ...(channels.length > 0 && { channels }) }
}

const invalid = (why: string): ApiError => new ApiError(400, why)
