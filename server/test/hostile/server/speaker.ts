import { until } from '../../support/until.ts'
import type { BareWs } from './bare-ws.ts'
import type { Talk } from './talk.ts'

/** A message by which it is known whether one is missing. */
export const numbered = (n: number, bytes: number): string => `${n}:${'x'.repeat(bytes)}`

/** Sends numbered messages, a window of them at a time, and answers how many were acknowledged. */
export class Speaker {
  readonly #ws: BareWs
  readonly #talk: Talk
  readonly #bytes: number
  acknowledged = 0
  #said = 0

  private constructor(ws: BareWs, talk: Talk, bytes: number) {
    this.#ws = ws
    this.#talk = talk
    this.#bytes = bytes
    ws.sift = (text) => {
      if (!text.includes(':x')) return false
      this.acknowledged++
      return true
    }
  }

  static async start(talk: Talk, bytes: number): Promise<Speaker> {
    return new Speaker(await talk.ann.chatapp(), talk, bytes)
  }

  /** `count` more messages, all acknowledged. */
  async say(count: number, window = 50): Promise<void> {
    const { id } = this.#talk
    const goal = this.#said + count
    while (this.#said < goal) {
      await until('acknowledgements', () => this.#said - this.acknowledged < window, 20_000)
      const content = numbered(this.#said++, this.#bytes)
      this.#ws.say(JSON.stringify({ type: 'send_message', conversation_id: id, content }))
    }
    await until('all acknowledgements', () => this.acknowledged === goal, 20_000)
  }

  end(): void {
    this.#ws.end()
  }
}

/** The numbers of the first `count` messages, in order. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
