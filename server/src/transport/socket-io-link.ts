import type { Socket as NetSocket } from 'node:net'
import { type Owner, SocketSink } from '../delivery/index.ts'
import { guarded, guardedEmit } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { runAfter } from '../lib/timers.ts'
import type { AbsentPollers } from './absent-pollers.ts'
import {
  type EngineConnection,
  isBetweenPolls,
  ownTransport,
  rawSocketOf,
  releaseRequest,
  waitingPackets,
} from './engine-io.ts'
import { replaceEmit } from './guards.ts'
import type { Newcomers } from './newcomers.ts'
import { numberAs, requestIdFrom, requestNumberOf } from './request-ids.ts'
import { Attachments } from './socket-io-attachments.ts'

/** Bytes that a client may still send while its inbox is paused. */
const MAX_FLOOD_BYTES = 1024 * 1024
/** Milliseconds that a peer that is cut off has to read the last writes. */
const CLOSE_GRACE_MS = 2_000
/** Packets that wait to be sent. A megabyte of events has fewer; these are what engine.io answers by itself. */
const MAX_WAITING_PACKETS = 20_000
/** Times that a WebSocket may ask whether it may take over from polls. */
const MAX_PROBES = 10

/** The sessions of a listener that have a bound of their own. */
interface BoundedSessions {
  /** Sessions that have not entered a namespace. */
  readonly newcomers: Newcomers<SocketIoLink>
  /** Sessions that are between two polls. */
  readonly absent: AbsentPollers<SocketIoLink>
}

/**
 * One engine.io connection, and what all Socket.IO sessions on it share. A client may leave the namespace and
 * connect to it again without closing the connection, so sessions follow one another, never two at a time.
 */
export class SocketIoLink {
  readonly share: MemoryShare
  /** The number of its handshake. */
  readonly requestNumber: number
  readonly connection: EngineConnection
  /** The number of sessions so far, the refused included. */
  connects = 0
  /** Whether a session is connected, or about to be. */
  isTaken = false
  /** The session's inbox. Polls cannot be slowed by not reading: a client that goes on during a pause is cut off. */
  inbox: { readonly isPaused: boolean } | undefined
  /** The session's sink, told when a poll has come, or the WebSocket has taken engine.io's last write. */
  sink: { onReady(): void } | undefined
  readonly #bounded: BoundedSessions
  readonly #attachments: Attachments
  #floodBytes = 0
  #probes = 0
  #arrivedBytes = 0
  #out: { readonly socket: NetSocket; readonly sink: SocketSink } | undefined
  #owner: Owner | undefined
  /** Packets that came after a DISCONNECT in the same turn: Socket.IO handles a DISCONNECT in the next turn. */
  #later: Message[] | undefined

  constructor(connection: EngineConnection, share: MemoryShare, bounded: BoundedSessions) {
    this.connection = connection
    this.share = share
    this.requestNumber = requestNumberOf(connection.request)
    numberAs(connection, this.requestNumber)
    this.#bounded = bounded
    this.#attachments = new Attachments(this)
    releaseRequest(connection)
    ownTransport(connection, this)
    links.set(connection, this)
    replaceEmit(connection, emit)
    bounded.newcomers.add(this)
    // The handshake's own poll is answered by now.
    this.#noteAbsence()
  }

  /** The peer's address, as limits count it. */
  get address(): string {
    return this.share.address
  }

  get requestId(): string {
    return requestIdFrom(this.requestNumber)
  }

  /** The sink that bypasses engine.io; undefined without a WebSocket, or while bypassing would break the order. */
  get direct(): SocketSink | undefined {
    const socket = rawSocketOf(this.connection)
    if (!socket) return undefined
    this.#out ??= { socket, sink: this.#open(socket) }
    return this.#out.sink
  }

  /** The sink of `direct` once there has been one, also while engine.io writes to its socket. */
  get out(): SocketSink | undefined {
    return this.#out?.sink
  }

  /** The socket under an established WebSocket, also while engine.io writes to it. */
  get socket(): NetSocket | undefined {
    return this.#out?.socket ?? rawSocketOf(this.connection)
  }

  /** Sets the account whose frames carry its own uuid on this connection. */
  setOwner(owner: Owner | undefined): void {
    this.#owner = owner
    this.#out?.sink.setOwner(owner)
  }

  /** Ends a session and drops its waiting output, which the next session must not get. */
  leave(): void {
    this.isTaken = false
    this.inbox = undefined
    this.sink = undefined
    this.setOwner(undefined)
    this.#out?.sink.clear()
  }

  /** Closes without Socket.IO's DISCONNECT, after which a client would not reconnect by itself. */
  cutOff(): void {
    // The socket is known only while the connection is open.
    const { socket } = this
    this.connection.close(true)
    runAfter(CLOSE_GRACE_MS, () => socket?.destroy()).unref()
  }

  /**
   * Holds packets after a DISCONNECT back for a turn. Socket.IO handles a CONNECT at once and a DISCONNECT in the
   * next turn, so it would handle a CONNECT that came with a DISCONNECT first, and refuse it.
   */
  hear(packet: Message): void {
    if (this.#later) {
      this.#later.push(packet)
      return
    }
    this.#arrivedBytes += packet?.length ?? 0
    if (this.#isFlood(packet) || !this.#attachments.hear(packet)) this.cutOff()
    emitGuarded.call(this.connection, 'data', packet)
    if (typeof packet !== 'string' || !packet.startsWith(DISCONNECT)) return
    this.#later = []
    process.nextTick(
      guarded(
        'socket_io',
        (link: SocketIoLink) => link.#catchUp(),
        (link) => link.cutOff(),
      ),
      this,
    )
  }

  /** The bytes that came since the last call. */
  takeArrived(): number {
    const arrived = this.#arrivedBytes
    this.#arrivedBytes = 0
    return arrived
  }

  /** Called for the connection's own events, after their listeners. Floods of what engine.io answers end it. */
  follow(event: string | symbol): void {
    switch (event) {
      case 'packetCreate':
        if (waitingPackets(this.connection) > MAX_WAITING_PACKETS) this.connection.close(true)
        return
      case 'upgrading':
        if (++this.#probes > MAX_PROBES) this.connection.close(true)
        return
      case 'upgrade':
        ownTransport(this.connection, this)
        this.onReady()
        return
      case 'drain':
        this.#noteAbsence()
        return
      case 'close':
        this.#attachments.clear()
        this.#bounded.newcomers.delete(this)
        this.#bounded.absent.delete(this)
    }
  }

  /** Called when the transport can take a message. */
  onReady(): void {
    this.#bounded.absent.delete(this)
    this.sink?.onReady()
  }

  /** The sink that bypasses engine.io calls this, and the next. */
  onSlow(): void {
    this.cutOff()
  }

  onFlushed(): void {
    this.sink?.onReady()
  }

  #noteAbsence(): void {
    if (isBetweenPolls(this.connection)) this.#bounded.absent.add(this)
  }

  #isFlood(packet: Message): boolean {
    this.#floodBytes = this.inbox?.isPaused ? this.#floodBytes + (packet?.length ?? 0) : 0
    return this.#floodBytes > MAX_FLOOD_BYTES
  }

  #open(socket: NetSocket): SocketSink {
    const sink = new SocketSink(socket, this)
    sink.setOwner(this.#owner)
    return sink
  }

  #catchUp(): void {
    const packets = this.#later ?? []
    this.#later = undefined
    for (const packet of packets) this.hear(packet)
  }
}

/** A message of engine.io, undefined when it is empty. */
type Message = string | Buffer | undefined

const DISCONNECT = '1'

const links = new WeakMap<EngineConnection, SocketIoLink>()

export const linkOf = (connection: object): SocketIoLink | undefined =>
  links.get(connection as EngineConnection)

const emitGuarded = guardedEmit<EngineConnection>('socket_io', (connection) => connection.close(true))

const follow = guarded(
  'socket_io',
  (link: SocketIoLink, event: string | symbol) => link.follow(event),
  (link) => link.cutOff(),
)

function emit(this: EngineConnection, event: string | symbol, ...args: unknown[]): boolean {
  const link = links.get(this)
  if (event === 'data') {
    link?.hear(args[0] as Message)
    return true
  }
  const hasListeners = emitGuarded.call(this, event, ...args)
  if (link) follow(link, event)
  return hasListeners
}
