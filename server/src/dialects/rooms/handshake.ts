import { ObjectReader } from './json-or-python-literal.ts'
import { type Pass, parsePass } from './wire.ts'

const MAX_BYTES = 1024

/** Reads the one object that a raw client sends, in however many segments. */
export class Handshake {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #bytesLeft = MAX_BYTES
  readonly #reader = new ObjectReader()

  /** 'refused' once nothing that may follow could make it a pass. */
  push(segment: Buffer): Pass | 'incomplete' | 'refused' {
    const taken = segment.subarray(0, this.#bytesLeft)
    this.#bytesLeft -= taken.length
    const text = this.#decode(taken)
    const reading = text === undefined ? NOT_TEXT : this.#reader.push(text)
    if (reading.outcome === 'complete') return parsePass(reading.object) ?? 'refused'
    return reading.outcome === 'incomplete' && this.#bytesLeft > 0 ? 'incomplete' : 'refused'
  }

  #decode(bytes: Buffer): string | undefined {
    try {
      return this.#decoder.decode(bytes, { stream: true })
    } catch {
      return undefined
    }
  }
}

const NOT_TEXT = { outcome: 'invalid' } as const
