import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type Clock, secondsOf } from '../lib/clock.ts'
import { createDialectApp } from '../transport/index.ts'
import { authenticate, type SignedQuery } from './api-auth.ts'
import { ApiError } from './api-error.ts'
import {
  type Attribute,
  parseBatch,
  parseChannelName,
  parseInfo,
  parseTrigger,
  requirePresence,
} from './api-wire.ts'
import { channelKind } from './channel-name.ts'
import type { Occupancy } from './occupancy.ts'
import type { PusherCredentials, PusherPublisher } from './publisher.ts'
import { QUOTAS } from './quotas.ts'
import { isSame, md5, type Signatures } from './signatures.ts'

export interface HttpApiDeps {
  readonly credentials: PusherCredentials
  readonly signatures: Signatures
  readonly publisher: Pick<PusherPublisher, 'trigger'>
  readonly occupancy: Occupancy
  readonly terminateUser: (userId: string) => void
  readonly clock: Clock
  readonly log: Logger
}

interface Params {
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

/** Pusher's HTTP API. Every request is signed; one that is not is refused before its body is read. */
export function createHttpApi(deps: HttpApiDeps): FastifyInstance {
  const { credentials, signatures, clock, log } = deps
  const app = createDialectApp({
    notFound: (reply) => text(reply, 404, 'Not found'),
    methodNotAllowed: (reply) => text(reply, 405, 'Method not allowed'),
    error: (error, _request, reply) => answerError(error, reply, log),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: QUOTAS.bodyBytes }, (_request, body, done) =>
    done(null, body),
  )
  const verified = new WeakMap<FastifyRequest, SignedQuery>()
  app.addHook<{ Params: Params }>('onRequest', async (request) => {
    // Who asks for what does not exist learns that without a signature.
    if (request.is404) return
    verified.set(request, authenticate(request, signatures, secondsOf(clock.nowMicros())))
    if (request.params.app_id !== credentials.appId)
      throw new ApiError(401, 'The key does not belong to this app')
  })
  const route = (method: 'GET' | 'POST', url: string, run: (call: Call) => Promise<object>): void => {
    app.route<{ Params: Params }>({
      method,
      url: `/apps/:app_id${url}`,
      bodyLimit: QUOTAS.bodyBytes,
      handler: async (request) => {
        const signed = verified.get(request)
        if (!signed) throw new Error('the request was not authenticated')
        const body = request.body instanceof Buffer ? request.body : NO_BODY
        if (body.length > 0 && !isSame(signed.bodyMd5 ?? '', md5(body)))
          throw new ApiError(401, 'Invalid body_md5')
        return run({ path: request.params, query: signed.params, body: body.toString() })
      },
    })
  }
  addEventRoutes(route, deps)
  addChannelRoutes(route, deps)
  return app
}

const NO_BODY = Buffer.alloc(0)

type Route = (method: 'GET' | 'POST', url: string, run: (call: Call) => Promise<object>) => void

function addEventRoutes(route: Route, { publisher, occupancy, terminateUser }: HttpApiDeps): void {
  const about = (channel: string, info: readonly Attribute[] = []) => describe(occupancy, channel, info)

  route('POST', '/events', async ({ body, query }) => {
    const { channels, event, data, exceptSocketId, info } = parseTrigger(body, query)
    await publisher.trigger(channels, event, data, exceptSocketId === undefined ? {} : { exceptSocketId })
    if (!info) return {}
    return { channels: await mapped(channels, (channel) => about(channel, info)) }
  })

  route('POST', '/batch_events', async ({ body }) => {
    const batch = parseBatch(body)
    for (const { channels, event, data, exceptSocketId } of batch) {
      await publisher.trigger(channels, event, data, exceptSocketId === undefined ? {} : { exceptSocketId })
    }
    if (!batch.some(({ info }) => info)) return {}
    return { batch: await Promise.all(batch.map(({ channels, info }) => about(channels[0] ?? '', info))) }
  })

  route('POST', '/users/:user_id/terminate_connections', async ({ path }) => {
    terminateUser(path.user_id)
    return {}
  })
}

function addChannelRoutes(route: Route, { occupancy }: HttpApiDeps): void {
  route('GET', '/channels', async ({ query }) => {
    const prefix = query.get('filter_by_prefix') ?? ''
    const info = parseInfo(query.get('info')) ?? []
    if (info.includes('user_count')) requirePresence(prefix, 'user_count')
    const names = (await occupancy.listChannels(prefix)).filter((name) => channelKind(name) !== 'user')
    return { channels: await mapped(names, (name) => describe(occupancy, name, info)) }
  })

  route('GET', '/channels/:channel', async ({ path, query }) => {
    const name = parseChannelName(path.channel)
    const info = parseInfo(query.get('info')) ?? []
    if (info.includes('user_count')) requirePresence(name, 'user_count')
    return { occupied: await occupancy.isOccupied(name), ...(await describe(occupancy, name, info)) }
  })

  route('GET', '/channels/:channel/users', async ({ path }) => {
    const name = parseChannelName(path.channel)
    requirePresence(name, 'The list of users')
    return { users: [...(await occupancy.members(name)).keys()].map((id) => ({ id })) }
  })
}

async function describe(
  occupancy: Occupancy,
  channel: string,
  info: readonly Attribute[],
): Promise<{ user_count?: number; subscription_count?: number }> {
  const hasUsers = info.includes('user_count') && channelKind(channel) === 'presence'
  return {
    ...(hasUsers && { user_count: await occupancy.countUsers(channel) }),
    ...(info.includes('subscription_count') && {
      subscription_count: await occupancy.countSubscriptions(channel),
    }),
  }
}

async function mapped<T>(names: readonly string[], describeOne: (name: string) => Promise<T>) {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await describeOne(name)] as const)),
  )
}

function answerError(error: Error, reply: FastifyReply, log: Logger): unknown {
  if (error instanceof ApiError) return text(reply, error.status, error.message)
  // Fastify's own refusals of a body.
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return text(reply, 413, 'The request is too large')
  if (typeof status === 'number' && status >= 400 && status < 500) return text(reply, 400, 'Bad request')
  log.error({ err: error }, 'request failed')
  return text(reply, 500, 'Internal error')
}

const text = (reply: FastifyReply, status: number, message: string): unknown =>
  reply
    .code(status)
    .header('x-content-type-options', 'nosniff')
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`)
