import type { Socket } from 'socket.io'
import {
  Batch,
  type Frame,
  flushAtEndOfTurn,
  MAX_BACKLOG_BYTES,
  type Owner,
  type Sink,
} from '../delivery/index.ts'
import { asciiJson } from '../lib/text.ts'
import type { SocketIoLink } from './socket-io-link.ts'

/**
 * The way out to one Socket.IO client. On an established WebSocket shared frames go straight to the
 * socket; while it polls or upgrades they go through engine.io, so that order holds.
 */
export class SocketIoSink implements Sink {
  readonly #socket: Socket
  readonly #link: SocketIoLink
  #owner: Owner | undefined
  #queue: Batch[] = []
  #isOver = false

  constructor(socket: Socket, link: SocketIoLink) {
    this.#socket = socket
    this.#link = link
  }

  push(batch: Batch): void {
    if (this.#isOver) return
    const direct = this.#queue.length === 0 ? this.#link.direct : undefined
    if (direct) {
      direct.push(batch)
      return
    }
    this.#queue.push(batch)
    if (this.#queue.length === 1) flushAtEndOfTurn(this)
  }

  send(frame: Frame): void {
    if (this.#isOver) return
    const direct = this.#queue.length === 0 ? this.#link.direct : undefined
    if (direct) {
      direct.send(frame)
      return
    }
    const batch = new Batch()
    batch.add(frame)
    this.push(batch)
  }

  setOwner(owner: Owner): void {
    this.#owner = owner
    this.#link.setOwner(owner)
  }

  /** As `SocketSink.isCrowded`. While it polls, never: a poll cannot be slowed, so it is cut off at the bound. */
  get isCrowded(): boolean {
    return this.#link.out?.isCrowded ?? false
  }

  async drained(): Promise<void> {
    await this.#link.out?.drained()
  }

  flush(): void {
    this.#link.out?.flush()
    const queue = this.#queue
    this.#queue = []
    for (const batch of queue) {
      batch.bytes()
      for (const frame of batch.frames) this.#sendThroughEngine(frame)
    }
  }

  /** Without a word. */
  destroy(): void {
    this.#link.cutOff()
  }

  /** Its client has left the namespace: whoever connects next over the same connection gets nothing of this. */
  end(): void {
    this.#isOver = true
    this.#queue = []
    this.#link.leave()
  }

  #sendThroughEngine({ bytes, headerBytes, owner }: Frame): void {
    if (!this.#socket.connected) return
    let payload = bytes.subarray(headerBytes)
    if (owner && owner.accountId === this.#owner?.accountId) {
      payload = Buffer.from(payload)
      payload.write(this.#owner.uuid, owner.offset - headerBytes, 'latin1')
    }
    // Counted is what already waits: one long answer alone is nobody's slowness.
    if (this.#link.waitingBytes > MAX_BACKLOG_BYTES) {
      this.#link.cutOff()
      return
    }
    this.#link.waitingBytes += payload.length
    const { connection } = this.#link
    // Version 1 of the client takes what it polls for bytes of UTF-8 once more, and fails on any other character.
    const text = connection.protocol === 3 ? asciiJson(payload.toString()) : payload.toString()
    // engine.io adds its own packet type, 4; the 2 is socket.io's EVENT.
    connection.send(`2${text}`)
  }
}
