import type { Socket as NetSocket } from 'node:net'
import type { Socket } from 'socket.io'
import {
  Batch,
  type Frame,
  flushAtEndOfTurn,
  MAX_BACKLOG_BYTES,
  type Owner,
  type Sink,
  SocketSink,
} from '../delivery/index.ts'

/** The parts of engine.io's connection that decide whether bytes may go past it. */
interface EngineConnection {
  readonly readyState: string
  readonly upgrading: boolean
  readonly writeBuffer: readonly unknown[]
  readonly transport: { readonly name: string; readonly writable: boolean; readonly socket?: object }
  send(message: string): unknown
  /** Discarding: what waits to be sent is forgotten. */
  close(discard: boolean): unknown
}

/** How long a peer that is cut off may take to read what was written. */
const CLOSE_GRACE_MS = 2_000

/**
 * The way out to one Socket.IO client. On an established WebSocket shared frames go straight to the
 * socket; while it polls or upgrades they go through engine.io, so that order holds.
 */
export class SocketIoSink implements Sink {
  readonly #socket: Socket
  readonly #engine: EngineConnection
  readonly #rawOf: (ws: object) => NetSocket | undefined
  #raw: { readonly socket: NetSocket; readonly sink: SocketSink } | undefined
  #owner: Owner | undefined
  #queue: Batch[] = []
  #pollingBacklogBytes = 0

  constructor(socket: Socket, rawOf: (ws: object) => NetSocket | undefined) {
    this.#socket = socket
    this.#engine = socket.conn as unknown as EngineConnection
    this.#rawOf = rawOf
    socket.conn.on('drain', () => {
      this.#pollingBacklogBytes = 0
    })
  }

  push(batch: Batch): void {
    if (this.#queue.length === 0 && this.#mayWriteRaw()) {
      this.#raw?.sink.push(batch)
      return
    }
    this.#queue.push(batch)
    if (this.#queue.length === 1) flushAtEndOfTurn(this)
  }

  send(frame: Frame): void {
    if (this.#queue.length === 0 && this.#mayWriteRaw()) {
      this.#raw?.sink.send(frame)
      return
    }
    const batch = new Batch()
    batch.add(frame)
    this.push(batch)
  }

  setOwner(owner: Owner): void {
    this.#owner = owner
    this.#raw?.sink.setOwner(owner)
  }

  /** The socket under an established WebSocket, even while something else is being written to it. */
  raw(): NetSocket | undefined {
    this.#mayWriteRaw()
    return this.#raw?.socket
  }

  /** As `SocketSink.isCrowded`. While it polls, never: a poll cannot be slowed, so it is cut off at the bound. */
  get isCrowded(): boolean {
    return this.#raw?.sink.isCrowded ?? false
  }

  async drained(): Promise<void> {
    await this.#raw?.sink.drained()
  }

  /** Without Socket.IO's own goodbye, after which a client would not come back by itself. */
  cutOff(): void {
    this.#engine.close(true)
    const socket = this.#raw?.socket
    setTimeout(() => socket?.destroy(), CLOSE_GRACE_MS).unref()
  }

  flush(): void {
    this.#raw?.sink.flush()
    const queue = this.#queue
    this.#queue = []
    for (const batch of queue) {
      batch.bytes()
      for (const frame of batch.frames) this.#sendThroughEngine(frame)
    }
  }

  #sendThroughEngine({ bytes, headerBytes, owner }: Frame): void {
    if (!this.#socket.connected) return
    let payload = bytes.subarray(headerBytes)
    if (owner && owner.accountId === this.#owner?.accountId) {
      payload = Buffer.from(payload)
      payload.write(this.#owner.uuid, owner.offset - headerBytes, 'latin1')
    }
    // Counted is what already waits: one long answer alone is nobody's slowness.
    if (this.#pollingBacklogBytes > MAX_BACKLOG_BYTES) {
      this.cutOff()
      return
    }
    this.#pollingBacklogBytes += payload.length
    // engine.io adds its own packet type, 4; the 2 is socket.io's EVENT.
    this.#engine.send(`2${payload.toString()}`)
  }

  #mayWriteRaw(): boolean {
    const { transport, readyState, upgrading, writeBuffer } = this.#engine
    if (transport.name !== 'websocket' || readyState !== 'open' || upgrading) return false
    if (writeBuffer.length > 0 || !transport.writable) return false
    this.#raw ??= this.#openRaw(transport.socket)
    return this.#raw !== undefined
  }

  #openRaw(ws: object | undefined): { socket: NetSocket; sink: SocketSink } | undefined {
    const socket = ws && this.#rawOf(ws)
    if (!socket) return undefined
    const onSlow = () => this.cutOff()
    return { socket, sink: new SocketSink(socket, { onSlow, ...(this.#owner && { owner: this.#owner }) }) }
  }
}
