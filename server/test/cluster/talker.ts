import { setTimeout } from 'node:timers/promises'
import type { DialectName } from '../../src/dialects/index.ts'
import type { Participant } from '../interop/world.ts'
import { type Client, type Place, Refused, type Stream } from '../support/clients/index.ts'
import type { Reading } from './compare.ts'
import type { Node } from './node.ts'

/** The texts that were sent to one conversation: with a good answer, and without one. */
export interface Ledger {
  readonly acknowledged: string[]
  readonly uncertain: string[]
}

export interface Pace {
  /** Messages under way at once. */
  readonly atOnce: number
  readonly pauseMs: number
  /** Asked before each message. */
  readonly goesOn: () => boolean
}

interface TalkerOptions {
  readonly who: Participant
  readonly dialect: DialectName
  readonly place: Place
  readonly ledger: Ledger
  readonly node: Node
  /** Where a client goes whose connection was lost. */
  readonly nextNode: (after: Node) => Node
}

const RETRY_MS = 100
/** Dialects whose answers do not name the request: one message at a time is in flight. */
const ONE_BY_ONE: readonly DialectName[] = ['chatapp', 'groups']

/** One client, which speaks and listens in one conversation at one node, and goes to another when that is lost. */
export class Talker {
  readonly dialect: DialectName
  readonly #options: TalkerOptions
  #node: Node
  #client: Client
  #streams: readonly Stream[] = []
  /** Readings of connections that were lost. */
  readonly #past: Reading[] = []
  #moving: Promise<void> | undefined
  #said = 0
  #moves = 0

  private constructor(options: TalkerOptions, client: Client) {
    this.#options = options
    this.dialect = options.dialect
    this.#node = options.node
    this.#client = client
  }

  static async open(options: TalkerOptions): Promise<Talker> {
    const { who, dialect, node } = options
    const talker = new Talker(options, await who[dialect].again(node))
    talker.#streams = await talker.#client.listen(options.place)
    return talker
  }

  get node(): Node {
    return this.#node
  }

  /** A client of messenger asks for what is new, page by page. */
  get isLive(): boolean {
    return this.dialect !== 'messenger'
  }

  get label(): string {
    return `${this.#options.who.username}, live over ${this.dialect}, at ${this.#node.url}`
  }

  /** Its connection was lost, and it does not listen anywhere yet. */
  get isMoving(): boolean {
    return this.#moving !== undefined
  }

  /** How often it has begun to listen anew. */
  get moves(): number {
    return this.#moves
  }

  /** All streams show it. */
  hears(text: string): boolean {
    return this.#streams.every(({ shown }) => shown.some((message) => message.text === text))
  }

  get hearsAnything(): boolean {
    return this.#streams.every(({ shown }) => shown.length > 0)
  }

  /** Sends texts until told to stop. A text without an answer may have been taken: it is not sent again. */
  async talk({ atOnce, pauseMs, goesOn }: Pace): Promise<void> {
    const talkOn = async () => {
      while (goesOn()) {
        await this.#sayNext()
        await setTimeout(pauseMs)
      }
    }
    await Promise.all(Array.from({ length: ONE_BY_ONE.includes(this.dialect) ? 1 : atOnce }, talkOn))
  }

  /** The reading of each connection, lost ones included. */
  get readings(): readonly Reading[] {
    const present = this.#streams.map((stream) => this.#readingOf(stream))
    return [
      ...this.#past,
      ...present.map((reading) => ({ ...reading, ends: 'at the last message' as const })),
    ]
  }

  async close(): Promise<void> {
    await this.#moving
    await this.#client.close()
  }

  async #sayNext(): Promise<void> {
    const { who, place, ledger } = this.#options
    const text = `${who.username} over ${this.dialect}, ${++this.#said}`
    await this.#moving
    const client = this.#client
    try {
      await client.send(place, text)
      ledger.acknowledged.push(text)
    } catch (error) {
      ledger.uncertain.push(text)
      if (!(error instanceof Refused) && client === this.#client) await this.#move()
      else await setTimeout(RETRY_MS)
    }
  }

  #move(): Promise<void> {
    this.#moving ??= this.#moveOn().finally(() => {
      this.#moving = undefined
    })
    return this.#moving
  }

  async #moveOn(): Promise<void> {
    const { who, place, nextNode } = this.#options
    this.#past.push(...this.#streams.map((stream) => this.#readingOf(stream)))
    this.#streams = []
    await this.#client.close()
    for (let attempt = 0; ; attempt++) {
      this.#node = nextNode(this.#node)
      try {
        this.#client = await who[this.dialect].again(this.#node)
        this.#streams = await this.#client.listen(place)
        this.#moves++
        return
      } catch (error) {
        if (attempt === MAX_MOVES) throw error
        await setTimeout(RETRY_MS)
      }
    }
  }

  #readingOf({ transport, shown }: Stream): Reading {
    return {
      label: `${this.label}, ${transport}`,
      texts: shown.map(({ text }) => text),
      begins: 'anywhere',
      ends: 'anywhere',
    }
  }
}

const MAX_MOVES = 200
