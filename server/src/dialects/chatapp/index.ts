import { AnswerCache, type Json, type LongAnswers } from '../../answers/index.ts'
import type { Chat } from '../../core/chat.ts'
import { Audiences, countingInto, type Feeds, LiveAccounts } from '../../delivery/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { Deadlines } from '../../lib/deadlines.ts'
import type { Tally } from '../../lib/tally.ts'
import type { Logger } from '../../observe/index.ts'
import {
  type AddressOf,
  type Limits,
  refuseUpgrade,
  type UpgradeHandler,
  WsAcceptor,
  type WsConnection,
  type WsHandlers,
} from '../../transport/index.ts'
import type { Dialect } from '../dialect.ts'
import type { FileLines } from '../file-lines.ts'
import { Connection, type ConnectionParts } from './connection.ts'
import { type Caller, Credentials } from './credentials.ts'
import { CLOSE } from './errors.ts'
import { renderEvent, renderNews } from './events.ts'
import { createHttp } from './http.ts'
import { Origins } from './origins.ts'
import { RefusedOrigins } from './refused-origins.ts'
import type { SameSite } from './wire.ts'

interface ChatappDeps {
  readonly chat: Chat
  readonly feeds: Feeds
  readonly lines: FileLines
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly clock: Clock
  readonly log: Logger
  readonly tally: Tally
  /** Signs this dialect's tokens as it is, so that a server of this kind can be replaced by this one. */
  readonly jwtSecret: string
  /** Origins of web front ends, exactly as browsers write them: `https://chat.example.org`. */
  readonly allowedOrigins: readonly string[]
  readonly sameSite: SameSite
  /** Whether a connection ends with the token that opened it. */
  readonly endsWithToken: boolean
}

const WS_PATH = '/ws'
const OWN_PATHS = ['/misc/ping', '/auth/login', '/auth/verify', WS_PATH]

/** Far past any message, so that one that is too long is answered in words. */
const MAX_FRAME_BYTES = 128 * 1024
const MAX_KEPT_BYTES = 16 * 1024 * 1024
const PING_INTERVAL_MS = 30_000

/** Cookie JWT, JSON over one WebSocket, plain text over HTTP. */
export function mountChatapp(deps: ChatappDeps): Dialect<'chatapp'> {
  const { chat, feeds, lines, answers, limits, log } = deps
  const origins = new Origins(deps.allowedOrigins, new RefusedOrigins(deps.allowedOrigins, log))
  const credentials = new Credentials(deps.jwtSecret, chat, deps.clock)
  const liveAccounts = new LiveAccounts({
    chat,
    feeds,
    audiences: new Audiences(feeds, lines.rendering(renderEvent), countingInto(deps.tally)),
    renderNews,
    onError: (err, requestId) => log.error({ err, requestId }, 'review of an account failed'),
  })
  const cache = new AnswerCache<Json>(MAX_KEPT_BYTES)
  const deadlines = deps.endsWithToken ? new Deadlines(deps.clock) : undefined
  const heard = { chat, lines, liveAccounts, credentials, deadlines }
  const parts = { ...heard, answers, cache, limits, log }
  const live = openLive(parts, deps, origins)
  return {
    name: 'chatapp',
    http: createHttp({ ...deps, credentials, origins }),
    paths: OWN_PATHS,
    upgrade: (path) => (path === WS_PATH ? live.upgrade : undefined),
    countConnections: live.count,
    close: live.close,
  }
}

function openLive(parts: ConnectionParts, { limits, addressOf }: ChatappDeps, origins: Origins) {
  const acceptor = new WsAcceptor({
    maxPayloadBytes: MAX_FRAME_BYTES,
    slow: CLOSE.slow,
    pingIntervalMs: PING_INTERVAL_MS,
    shareOf: (request) => ({ memory: limits.memory, address: addressOf(request) }),
  })
  const endings = new Set<Promise<void>>()
  const open = (ws: WsConnection, caller: Caller): WsHandlers => {
    const connection = new Connection(ws, caller, parts)
    const end = () => connection.end().catch((err) => connection.logError(err, 'connection failed to end'))
    return {
      onText: (text) => connection.receive(text),
      onClose: () => {
        const ending = end().finally(() => endings.delete(ending))
        endings.add(ending)
      },
    }
  }
  const upgrade: UpgradeHandler = (request, socket, head) => {
    const address = addressOf(request)
    const wait = limits.take('request', address)
    if (wait > 0)
      refuseUpgrade(request, 429, 'Too Many Requests', { headers: { 'Retry-After': String(wait) } })
    else if (!origins.mayAsk(request))
      refuseUpgrade(request, 403, 'Forbidden', { body: origins.reasonFor(request) })
    else
      acceptor.accept(request, socket, head, (ws) => open(ws, { cookies: request.headers.cookie, address }))
  }
  const close = async () => {
    await acceptor.close(CLOSE.goingAway.code, CLOSE.goingAway.reason)
    await Promise.all(endings)
  }
  return { upgrade, close, count: () => acceptor.connections.size }
}
