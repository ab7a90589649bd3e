import type { Socket as NetSocket } from 'node:net'
import { type Owner, SocketSink } from '../delivery/index.ts'
import { guarded, guardedEmit } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { runAfter } from '../lib/timers.ts'
import { type EngineConnection, onTransportReady, rawSocketOf, releaseRequest } from './engine-io.ts'
import { replaceEmit } from './guards.ts'
import { Attachments } from './socket-io-attachments.ts'

/** Bytes that a client may still send while its inbox is paused. */
const MAX_FLOOD_BYTES = 1024 * 1024
/** Milliseconds that a peer that is cut off has to read the last writes. */
const CLOSE_GRACE_MS = 2_000

/**
 * One engine.io connection, and what all Socket.IO sessions on it share. A client may leave the namespace and
 * connect to it again without closing the connection, so sessions follow one another, never two at a time.
 */
export class SocketIoLink {
  readonly share: MemoryShare
  readonly connection: EngineConnection
  /** The number of sessions so far, the refused included. */
  connects = 0
  /** Whether a session is connected, or about to be. */
  isTaken = false
  /** The session's inbox. Polls cannot be slowed by not reading: a client that goes on during a pause is cut off. */
  inbox: { readonly isPaused: boolean } | undefined
  /** Called for the session when a poll has come, or the WebSocket has taken engine.io's last write. */
  onReady: (() => void) | undefined
  readonly #attachments: Attachments
  #floodBytes = 0
  #arrivedBytes = 0
  #out: { readonly socket: NetSocket; readonly sink: SocketSink } | undefined
  #owner: Owner | undefined
  /** Packets that came after a DISCONNECT in the same turn: Socket.IO handles a DISCONNECT in the next turn. */
  #later: Message[] | undefined

  constructor(connection: EngineConnection, share: MemoryShare) {
    this.connection = connection
    this.share = share
    this.#attachments = new Attachments(share, () => this.cutOff())
    releaseRequest(connection)
    onTransportReady(connection, () => this.onReady?.())
    links.set(connection, this)
    replaceEmit(connection, emit)
  }

  /** The peer's address, as limits count it. */
  get address(): string {
    return this.share.address
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
    this.onReady = undefined
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
        () => this.#catchUp(),
        () => this.cutOff(),
      ),
    )
  }

  /** The bytes that came since the last call. */
  takeArrived(): number {
    const arrived = this.#arrivedBytes
    this.#arrivedBytes = 0
    return arrived
  }

  /** Called when the connection is gone. */
  close(): void {
    this.#attachments.clear()
  }

  #isFlood(packet: Message): boolean {
    this.#floodBytes = this.inbox?.isPaused ? this.#floodBytes + (packet?.length ?? 0) : 0
    return this.#floodBytes > MAX_FLOOD_BYTES
  }

  #open(socket: NetSocket): SocketSink {
    const owner = this.#owner && { owner: this.#owner }
    return new SocketSink(socket, {
      onSlow: () => this.cutOff(),
      onFlushed: () => this.onReady?.(),
      share: this.share,
      ...owner,
    })
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

function emit(this: EngineConnection, event: string | symbol, ...args: unknown[]): boolean {
  if (event === 'close') links.get(this)?.close()
  if (event !== 'data') return emitGuarded.call(this, event, ...args)
  links.get(this)?.hear(args[0] as Message)
  return true
}
