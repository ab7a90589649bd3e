import type { Socket } from 'socket.io'
import {
  Backlog,
  Batch,
  type Frame,
  flushAtEndOfTurn,
  MAX_BACKLOG_BYTES,
  MAX_STALL_MS,
  MAX_WAITING_BYTES,
  type Owner,
  type Sink,
  type SocketSink,
  stalls,
} from '../delivery/index.ts'
import { asciiJson } from '../lib/text.ts'
import { mayTake, sendTogether } from './engine-io.ts'
import type { SocketIoLink } from './socket-io-link.ts'

/** A batch that others get too, or a frame for this client alone. */
type Item = Batch | Frame

/**
 * The way out to one Socket.IO client. On an established WebSocket shared frames go straight to the socket. While
 * it polls or upgrades they go through engine.io, so that order holds; but only once a poll is there to take them:
 * until then references to the shared bytes wait here, `MAX_BACKLOG_BYTES` and `MAX_STALL_MS` at most.
 */
export class SocketIoSink implements Sink {
  readonly #socket: Socket
  readonly #link: SocketIoLink
  #owner: Owner | undefined
  #queue: Item[] = []
  #isScheduled = false
  /** While no poll comes: counted as far as `#counted` items of the queue. */
  #backlog: Backlog | undefined
  #counted = 0
  #isOver = false

  constructor(socket: Socket, link: SocketIoLink) {
    this.#socket = socket
    this.#link = link
    link.onReady = () => this.flush()
  }

  get isClosed(): boolean {
    return this.#isOver
  }

  push(batch: Batch): void {
    const direct = this.#direct
    if (direct) direct.push(batch)
    else this.#enqueue(batch)
  }

  send(frame: Frame): void {
    const direct = this.#direct
    if (direct) direct.send(frame)
    else this.#enqueue(frame)
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

  /** Hands over what waits, if there is anybody to take it. */
  flush(): void {
    this.#isScheduled = false
    if (this.#isOver || this.#queue.length === 0) return
    const { direct, connection } = this.#link
    if (direct) this.#moveTo(direct)
    else if (mayTake(connection)) this.#handOver()
    else this.#hold()
  }

  /** Hands over what waits to whoever may still come for it: nothing else is sent. */
  finish(): void {
    this.#link.out?.flush()
    if (!this.#isOver) this.#handOver()
  }

  /** Its peer has not polled for too long, or too much waits. */
  onStalled(): void {
    this.destroy()
  }

  /** Without a word. */
  destroy(): void {
    this.#forget()
    this.#link.cutOff()
  }

  /** Its client has left the namespace: whoever connects next over the same connection gets nothing of this. */
  end(): void {
    this.#isOver = true
    this.#forget()
    this.#link.leave()
  }

  /** Undefined while there is none, or something waits to go before. */
  get #direct(): SocketSink | undefined {
    return this.#queue.length === 0 && !this.#isOver ? this.#link.direct : undefined
  }

  #enqueue(item: Item): void {
    if (this.#isOver) return
    this.#queue.push(item)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queue.length === 0) return
    this.#isScheduled = true
    flushAtEndOfTurn(this)
  }

  #moveTo(direct: SocketSink): void {
    const queue = this.#taken()
    for (const item of queue) {
      if (item instanceof Batch) direct.push(item)
      else direct.send(item)
    }
    direct.flush()
  }

  #handOver(): void {
    const queue = this.#taken()
    if (!this.#socket.connected) return
    for (const item of queue) if (item instanceof Batch) item.bytes()
    const frames = queue.flatMap((item) => (item instanceof Batch ? item.frames : item))
    sendTogether(
      this.#link.connection,
      frames.map((frame) => this.#packetOf(frame)),
    )
  }

  #hold(): void {
    this.#backlog ??= new Backlog(this.#link.share, () => this.destroy())
    stalls.add(this, MAX_STALL_MS)
    const { countedBytes, waitingBytes } = this.#backlog
    for (const item of this.#queue.slice(this.#counted)) {
      if (item instanceof Batch) this.#backlog.wait(item, false)
      else this.#backlog.wait(item.bytes, false)
    }
    this.#counted = this.#queue.length
    // Counted is what waited before: one long answer alone is nobody's slowness.
    if (countedBytes > MAX_BACKLOG_BYTES || waitingBytes > MAX_WAITING_BYTES) this.destroy()
  }

  /** What waited, of which nothing is kept. */
  #taken(): readonly Item[] {
    const queue = this.#queue
    this.#forget()
    return queue
  }

  #forget(): void {
    this.#queue = []
    this.#counted = 0
    this.#backlog?.close()
    this.#backlog = undefined
    stalls.delete(this)
  }

  /** engine.io adds its own packet type, 4; the 2 is socket.io's EVENT. */
  #packetOf(frame: Frame): string {
    const text = this.#payloadOf(frame).toString()
    // Version 1 of the client takes what it polls for bytes of UTF-8 once more, and fails on any other character.
    return `2${this.#link.connection.protocol === 3 ? asciiJson(text) : text}`
  }

  #payloadOf({ bytes, headerBytes, owner }: Frame): Buffer {
    const payload = bytes.subarray(headerBytes)
    if (!owner || owner.accountId !== this.#owner?.accountId) return payload
    const copy = Buffer.from(payload)
    copy.write(this.#owner.uuid, owner.offset - headerBytes, 'latin1')
    return copy
  }
}
