import type { Socket } from 'node:net'
import { type Sink, SocketSink } from '../../delivery/index.ts'
import { owned } from '../../lib/guard.ts'
import type { MemoryShare } from '../../lib/memory-budget.ts'
import { runAfter } from '../../lib/timers.ts'
import type { Logger } from '../../observe/index.ts'
import { type Limits, networkOf, newRequestNumber, requestIdFrom, Strangers } from '../../transport/index.ts'
import { answerTo } from './errors.ts'
import { Handshake } from './handshake.ts'
import { type RoomClient, RoomConnection, type RoomConnectionParts } from './room-connection.ts'
import { ownerOf, type Pass } from './wire.ts'

/** How long a peer may take to close its side. */
const CLOSE_GRACE_MS = 1_000

/** Raw TCP clients: each shows a pass to one room, then only listens. */
export class RawClients {
  readonly #parts: RoomConnectionParts
  readonly #limits: Limits
  readonly #clients = new Set<RawClient>()
  readonly #surroundings: Omit<Surroundings, 'share'>

  constructor(parts: RoomConnectionParts, limits: Limits, log: Logger) {
    this.#parts = parts
    this.#limits = limits
    this.#surroundings = { clients: this.#clients, halfClosed: new Strangers(HALF_CLOSED), log }
  }

  /** Clients, without those that may be gone. */
  get count(): number {
    return [...this.#clients].filter((client) => !client.isHalfClosed).length
  }

  /** Takes a socket whose first bytes are still to be read and which an error destroys. Calls `onKnown` once let in. */
  accept(socket: Socket, handshakeMs: number, onKnown: () => void): void {
    const address = networkOf(socket.remoteAddress)
    const share = { memory: this.#limits.memory, address }
    const client = new RawClient(socket, this.#parts, { ...this.#surroundings, share })
    this.#clients.add(client)
    if (this.#limits.take('request', address) > 0) client.close()
    else client.open(address, handshakeMs, onKnown)
  }

  /** Resolves when all are gone. */
  async close(): Promise<void> {
    const clients = [...this.#clients]
    const gone = clients.map((client) => client.gone())
    for (const client of clients) client.close()
    await Promise.all(gone)
  }
}

/**
 * Pause after a segment that does not end a handshake, twice as long each time. A byte sent alone costs a hundred
 * times as much as one among others; 5 seconds of such bytes are then 60 readings at most.
 */
const FIRST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 100

const drop = (): void => undefined

interface Surroundings {
  /** All there are, which it leaves when its socket closes. */
  readonly clients: Set<RawClient>
  /** Clients that have ended their side, and may be gone: past a bound the one there longest is closed. */
  readonly halfClosed: Strangers
  readonly log: Logger
  readonly share: MemoryShare
}

const HALF_CLOSED = { perAddress: 100, inAll: 1_000 }

/** Milliseconds of silence after which TCP itself asks a peer that has ended its side whether it is there. */
const PROBE_MS = 10_000

class RawClient implements RoomClient {
  isHalfClosed = false
  readonly #number = newRequestNumber()
  readonly #socket: Socket
  readonly #surroundings: Surroundings
  readonly #out: SocketSink
  readonly #connection: RoomConnection
  #handshake: Handshake | undefined
  #deadline: NodeJS.Timeout | undefined
  #pausing: NodeJS.Timeout | undefined

  constructor(socket: Socket, parts: RoomConnectionParts, surroundings: Surroundings) {
    this.#socket = socket
    this.#surroundings = surroundings
    this.#out = new SocketSink(socket, this)
    this.#connection = new RoomConnection(parts, this)
    // Bytes after the handshake are read too, and dropped.
    socket
      .on('data', drop)
      .on('end', () => this.#onEnd())
      .resume()
  }

  get requestId(): string {
    return requestIdFrom(this.#number)
  }

  #logError(err: unknown, message: string): void {
    this.#surroundings.log.error({ err, requestId: this.requestId }, message)
  }

  /** The sink reads this. */
  get share(): MemoryShare {
    return this.#surroundings.share
  }

  get sink(): Sink {
    return this.#out
  }

  onSlow(): void {
    this.#socket.destroy()
  }

  onClosed(): void {
    this.#surroundings.clients.delete(this)
    this.#endHandshake()
    this.#connection.end().catch((error) => {
      this.#logError(error, 'connection ended badly')
    })
  }

  /** Resolves when its socket has closed, in whatever way. */
  gone(): Promise<void> {
    // Not by `once` of node:events, which rejects when a peer resets.
    return new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  onRevoked(): void {
    this.close()
  }

  onLeft(): void {
    this.close()
  }

  open(address: string, handshakeMs: number, onKnown: () => void): void {
    this.#handshake = new Handshake()
    this.#deadline = runAfter(handshakeMs, () => this.close())
    let pauseMs = FIRST_PAUSE_MS
    const onData = (segment: Buffer) => {
      const pass = this.#handshake?.push(segment) ?? 'refused'
      if (pass === 'incomplete') {
        this.#pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
        return
      }
      this.#socket.off('data', onData)
      this.#endHandshake()
      if (pass === 'refused') this.close()
      else owned('tcp', this.#admit(pass, address, onKnown), this)
    }
    this.#socket.on('data', onData)
  }

  /**
   * The peer sends no more, and may listen on, as `nc -N` does. Only the next message shows whether it listens or is
   * gone, so it no longer counts as online.
   */
  #onEnd(): void {
    if (this.#handshake) {
      this.close()
      return
    }
    this.isHalfClosed = true
    this.#surroundings.halfClosed.add(this.#socket)
    // A peer that is gone answers no probe once its system has forgotten it, mostly after a minute.
    this.#socket.setKeepAlive(true, PROBE_MS)
    owned('tcp', this.#connection.goAbsent(), this)
  }

  /** Stops reading for `ms`: segments that come meanwhile are read as one. */
  #pause(ms: number): void {
    this.#socket.pause()
    this.#pausing = runAfter(ms, () => {
      // Read all segments as one event of data; resuming would make one of each segment.
      if (this.#socket.read(this.#socket.readableLength) === null) this.#socket.resume()
    })
  }

  /** Ends the connection, after all that was pushed before. */
  close(): void {
    this.#endHandshake()
    if (this.#socket.destroyed) return
    this.#out.flush()
    this.#socket.end()
    runAfter(CLOSE_GRACE_MS, () => this.#socket.destroy()).unref()
  }

  #endHandshake(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#pausing)
    this.#deadline = this.#pausing = undefined
    this.#handshake = undefined
    // Resume, or the end of a peer that is refused in a pause would not be read.
    this.#socket.resume()
  }

  async #admit(pass: Pass, address: string, onKnown: () => void): Promise<void> {
    try {
      const admission = await this.#connection.enter(pass, address)
      this.#out.setOwner(ownerOf(admission.visitor))
      if (this.#connection.join(admission) === 'has left') this.close()
      else onKnown()
    } catch (error) {
      if (!answerTo(error)) this.#logError(error, 'handshake failed')
      this.close()
    }
  }
}
