import type { Socket } from 'node:net'
import { MAX_FRAME_BYTES, SUBPROTOCOL } from '@parlance/protocol'
import { Audiences, countingInto, LiveAccounts } from '../../../delivery/index.ts'
import { owned } from '../../../lib/guard.ts'
import { runEvery } from '../../../lib/timers.ts'
import {
  refuseUpgrade,
  Strangers,
  type UpgradeHandler,
  WsAcceptor,
  type WsConnection,
  type WsHandlers,
} from '../../../transport/index.ts'
import type { DialectParts } from '../../dialect-row.ts'
import type { Handlers } from '../call.ts'
import type { Credentials } from '../credentials.ts'
import { CLOSE, refusalFor } from '../errors.ts'
import { Places } from '../places.ts'
import { Refusal } from '../refusal.ts'
import { MissedChanges } from './changes.ts'
import { Connection, type ConnectionParts } from './connection.ts'
import { renderEvent } from './events.ts'
import { type Caller, Handshakes } from './handshake.ts'
import { Listings } from './listings.ts'
import { Problems } from './problems.ts'
import { createResponders } from './requests.ts'
import { LOOK_EVERY_MS, type SessionUse, SessionUses } from './session-uses.ts'

/** A peer that does not answer by the next time is cut off: 40 s without a frame is dead. */
const PING_INTERVAL_MS = 20_000
/** Milliseconds within which clients come back after a goodbye, so that they do not all come at once. */
const COME_BACK_MS = 5_000

interface SocketParts
  extends Pick<
    DialectParts,
    'about' | 'chat' | 'feeds' | 'limits' | 'answers' | 'addressOf' | 'log' | 'tally'
  > {
  readonly handlers: Handlers
  readonly credentials: Credentials
  readonly allowedOrigins: readonly string[]
}

/** The WebSocket at `/v1/socket`. */
export function openSocket(parts: SocketParts) {
  const { chat, feeds, limits, addressOf, log } = parts
  const handshakes = new Handshakes(parts)
  const places = new Places(chat)
  const strangers = new Strangers(limits.strangers)
  const sockets = new WeakMap<WsConnection, Socket>()
  const liveAccounts = new LiveAccounts({
    chat,
    feeds,
    audiences: new Audiences(feeds, renderEvent, countingInto(parts.tally)),
    onError: (err, requestId) => log.error({ err, requestId }, 'review of an account failed'),
  })
  const all: ConnectionParts = {
    ...parts,
    places,
    liveAccounts,
    listings: new Listings(chat),
    epoch: parts.about.epoch,
    missed: new MissedChanges(chat),
    responders: createResponders({ ...parts, places }),
    problems: new Problems(log),
    onKnown: (ws) => {
      const socket = sockets.get(ws)
      if (socket) strangers.delete(socket)
    },
  }
  const acceptor = new WsAcceptor({
    maxPayloadBytes: MAX_FRAME_BYTES,
    slow: CLOSE.slow,
    pingIntervalMs: PING_INTERVAL_MS,
    protocol: SUBPROTOCOL,
    shareOf: (request) => ({ memory: limits.memory, address: addressOf(request) }),
  })
  const connections = new Set<Connection>()
  const endings = new Set<Promise<void>>()
  const uses = new SessionUses(chat.sessions)
  const looking = runEvery(LOOK_EVERY_MS, () => owned('task', uses.look(usesOf(connections)))).unref()
  const open = (ws: WsConnection, caller: Caller): WsHandlers => {
    const connection = new Connection(ws, caller, all)
    connections.add(connection)
    const end = () => connection.end().catch((err) => connection.logError(err, 'connection failed to end'))
    return {
      onText: (text) => connection.receive(text),
      onBinary: () => connection.refuseBinary(),
      onClose: () => {
        connections.delete(connection)
        const ending = end().finally(() => endings.delete(ending))
        endings.add(ending)
      },
    }
  }
  const upgrade: UpgradeHandler = (request, socket, head) => {
    try {
      const caller = handshakes.read(request)
      acceptor.accept(request, socket, head, (ws) => {
        // Node hands upgrades over with the net.Socket (or TLSSocket) they came on.
        strangers.add(socket as Socket, caller.address)
        sockets.set(ws, socket as Socket)
        return open(ws, caller)
      })
    } catch (error) {
      const { status, message, headers, code } = refusalFor(error) ?? new Refusal('internal_error')
      refuseUpgrade(request, status, code, { headers, body: message })
    }
  }
  const drain = (closesInMs: number) => {
    for (const connection of connections)
      connection.sayGoodbye(closesInMs + Math.floor(Math.random() * COME_BACK_MS))
  }
  const doubt = () => {
    for (const connection of connections) connection.onDoubt()
  }
  const close = async () => {
    clearInterval(looking)
    // Those that have come since the drain began.
    drain(0)
    await acceptor.close(CLOSE.goingAway.code, CLOSE.goingAway.reason)
    await Promise.all(endings)
  }
  return { upgrade, drain, doubt, close, count: () => acceptor.connections.size }
}

function* usesOf(connections: Iterable<Connection>): Generator<SessionUse> {
  for (const { use } of connections) if (use) yield use
}
