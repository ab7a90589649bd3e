import { BODY_BYTES, MARK, readCount, readSender, readSentAt } from './body.ts'

/** Counts one client's messages, as cheaply as can be: the load generator must not be the bottleneck. */
export class Ear {
  /** Messages that reached this client, from all senders. */
  deliveries = 0
  /** Messages of its own that the server has acknowledged. */
  acknowledgements = 0
  /** Called at each acknowledgement: time to send the next. */
  onAcknowledged: (() => void) | undefined
  /** Called with each message's body, where given: it is looked for in the frame, which takes time. */
  onBody: ((body: Body) => void) | undefined
  /** The sender's number in its own bodies, where a message's return is its acknowledgement. */
  awaited: number | undefined
  // How far the body stood from the frame's end last time: most often it stands there again.
  #fromEnd = 0

  /** A frame that carries a message, from `start` to `end`. */
  hear(bytes: Buffer, start: number, end: number): void {
    this.deliveries++
    if (this.awaited === undefined && this.onBody === undefined) return
    const at = this.#find(bytes, start, end)
    if (at < 0) return
    const sender = readSender(bytes, at)
    this.onBody?.({ sender, count: readCount(bytes, at), sentAt: () => readSentAt(bytes, at) })
    if (sender === this.awaited) this.acknowledged()
  }

  acknowledged(): void {
    this.acknowledgements++
    this.onAcknowledged?.()
  }

  #find(bytes: Buffer, start: number, end: number): number {
    const usual = end - this.#fromEnd
    if (usual > start && bytes[usual] === MARK && bytes[usual + BODY_BYTES - 1] === MARK) return usual
    const at = bytes.indexOf(MARK, start)
    if (at < 0 || at >= end) return -1
    this.#fromEnd = end - at
    return at
  }
}

/** The fields that a message's body carries for the measurement. */
interface Body {
  readonly sender: number
  /** The message's number among its sender's, from 0. */
  readonly count: number
  /** When it was sent, on the clock of `now()`. */
  sentAt(): number
}
