import { readObject } from './literal.ts'
import { type Pass, parsePass } from './wire.ts'

const MAX_BYTES = 1024

/** Reads the one object that a raw client sends, in however many segments. */
export class Handshake {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #bytesLeft = MAX_BYTES
  #text = ''

  /** 'refused' once nothing that may follow could make it a pass. */
  push(segment: Buffer): Pass | 'incomplete' | 'refused' {
    const taken = segment.subarray(0, this.#bytesLeft)
    this.#bytesLeft -= taken.length
    try {
      this.#text += this.#decoder.decode(taken, { stream: true })
    } catch {
      return 'refused'
    }
    const reading = readObject(this.#text)
    if (reading.outcome === 'complete') return parsePass(reading.object) ?? 'refused'
    return reading.outcome === 'incomplete' && this.#bytesLeft > 0 ? 'incomplete' : 'refused'
  }
}
