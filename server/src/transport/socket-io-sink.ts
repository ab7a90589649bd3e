import {
  type AnsweringSink,
  Backlog,
  Batch,
  type Frame,
  flushAtEndOfTurn,
  MAX_BACKLOG_BYTES,
  MAX_STALL_MS,
  MAX_WAITING_BYTES,
  type Owner,
  type SocketSink,
  stalls,
} from '../delivery/index.ts'
import { asciiJson } from '../lib/text.ts'
import { mayTake, type Socket, sendTogether } from './engine-io.ts'
import type { SocketIoLink } from './socket-io-link.ts'

/** A batch that others get too, or a frame for this client alone. */
type Item = Batch | Frame

/**
 * The way out to one Socket.IO client. On an established WebSocket shared frames go straight to the socket. While
 * it polls or upgrades they go through engine.io, so that order holds, but only once a poll is there to take them.
 * Until then references to the shared bytes wait here, `MAX_BACKLOG_BYTES` and `MAX_STALL_MS` at most.
 */
export class SocketIoSink implements AnsweringSink {
  readonly #socket: Socket
  readonly #link: SocketIoLink
  #owner: Owner | undefined
  #queue: Item[] = []
  #isScheduled = false
  /** Calls that wait for the end of this turn. */
  #calls = 0
  /** Counts the first `#counted` items of the queue while no poll comes. */
  #backlog: Backlog | undefined
  #counted = 0
  #isOver = false

  constructor(socket: Socket, link: SocketIoLink) {
    this.#socket = socket
    this.#link = link
    link.sink = this
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

  seal(): void {
    this.#link.out?.seal()
    for (const item of this.#queue) if (item instanceof Batch) item.bytes()
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

  /** Hands over the queue if a WebSocket or a poll can take it; else counts it as backlog. */
  flush(): void {
    this.#isScheduled = false
    if (this.#isOver || this.#queue.length === 0) return
    const { direct, connection } = this.#link
    if (direct) this.#moveTo(direct)
    else if (this.#hasBypassed() && mayTake(connection)) this.#handOver()
    else this.#hold()
  }

  /** Called when the transport can take a message, perhaps in the middle of a turn. */
  onReady(): void {
    // The items that were queued behind a call must not overtake it.
    if (this.#calls > 0) this.#schedule()
    else this.flush()
  }

  /** Calls `call`, which has engine.io write, once what this turn has queued is flushed. */
  afterFlush(call: () => void): void {
    this.#calls++
    const flush = (): void => {
      this.#calls--
      call()
    }
    flushAtEndOfTurn({ flush, destroy: () => this.destroy() })
  }

  /** Hands over the queue even while no poll waits, since nothing else is sent after it. */
  finish(): void {
    this.#link.out?.flush()
    if (!this.#isOver) this.#handOver()
  }

  /** Called when the peer has not polled for too long. */
  onStalled(): void {
    stalls.slowCloses++
    this.destroy()
  }

  /** Ends the connection without Socket.IO's DISCONNECT. */
  destroy(): void {
    this.#forget()
    this.#link.cutOff()
  }

  /** Drops the queue: the client has left the namespace, and the connection's next session must get none of it. */
  end(): void {
    this.#isOver = true
    this.#forget()
    this.#link.leave()
  }

  /** The link's `direct`; also undefined while earlier items wait, and after the end. */
  get #direct(): SocketSink | undefined {
    return this.#queue.length === 0 && !this.#isOver ? this.#link.direct : undefined
  }

  /** Whether all that bypasses engine.io has been written, so that what is handed to engine.io comes after it. */
  #hasBypassed(): boolean {
    const { out } = this.#link
    out?.flush()
    return out?.isEmpty ?? true
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
    // Both were read before this queue was counted: one long answer alone does not make a client slow.
    if (countedBytes > MAX_BACKLOG_BYTES || waitingBytes > MAX_WAITING_BYTES) this.onStalled()
  }

  /** Empties the queue and returns its items. */
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
    // Version 1 of the client decodes polled text as UTF-8 a second time, and fails on characters outside ASCII.
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
