import { type Signal, signal } from '@preact/signals'
import { FrameLog } from './frames.ts'
import {
  type DialectName,
  type OpenPane,
  type PaneClient,
  type Place,
  Refusal,
  type Said,
} from './pane-client.ts'
import type { People } from './people.ts'
import { pulse } from './pulse.ts'
import { arrive, beginRelay } from './relay.ts'

/** Messages that a pane shows. */
const MOST = 50

interface Here {
  readonly people: People
  readonly place: Place
  readonly pusherKey: string | null
  readonly hasRawTcp: boolean
}

/** One of the six: a client of its dialect as one of the two people. */
export class Pane {
  readonly name: DialectName
  readonly log = new FrameLog()
  /** The one of the two people that it is. */
  readonly who: Signal<0 | 1>
  readonly said: Signal<readonly Said[]> = signal([])
  readonly isLive = signal(false)
  readonly failure = signal('')
  readonly #open: OpenPane
  #client: PaneClient | undefined
  /** Counts openings: what an earlier client still says is passed over. */
  #opening = 0

  constructor(name: DialectName, who: 0 | 1, open: OpenPane) {
    this.name = name
    this.who = signal(who)
    this.#open = open
  }

  /** Connects as the chosen person; a client that was open before is closed. */
  async open({ people, place, pusherKey, hasRawTcp }: Here): Promise<void> {
    this.close()
    const opening = ++this.#opening
    const isCurrent = () => opening === this.#opening
    this.failure.value = ''
    this.said.value = []
    const [person, other] = this.who.peek() === 0 ? people : ([people[1], people[0]] as const)
    const live = (isLive: boolean) => {
      if (isCurrent()) this.isLive.value = isLive
    }
    const heard = (said: readonly Said[]) => isCurrent() && this.#heard(said, place)
    try {
      const client = await this.#open(
        { person, other, log: this.log, pusherKey, hasRawTcp, heard, live },
        place,
      )
      if (isCurrent()) this.#client = client
      else client.close()
    } catch (error) {
      if (isCurrent()) this.failure.value = sentenceOf(error)
    }
  }

  /** Resolves to whether it was said; if not, `failure` says why not. */
  async say(text: string): Promise<boolean> {
    this.failure.value = ''
    beginRelay(this.name, text)
    try {
      if (!this.#client) throw new Refusal('There is no connection. Say it again when the lamp is lit.')
      await this.#client.say(text)
      return true
    } catch (error) {
      this.failure.value = sentenceOf(error)
      return false
    }
  }

  close(): void {
    this.#opening += 1
    this.#client?.close()
    this.#client = undefined
    this.isLive.value = false
  }

  #heard(said: readonly Said[], { newest }: Place): void {
    const known = new Map(this.said.peek().map((one) => [one.id, one]))
    const news = said.filter(({ id }) => !known.has(id))
    if (news.length === 0) return
    for (const one of news) known.set(one.id, one)
    this.said.value = [...known.values()].sort((a, b) => a.id - b.id).slice(-MOST)
    for (const one of news) {
      const relay = one.id > newest ? arrive(this.name, one) : undefined
      if (relay) pulse(relay)
    }
  }
}

/** A dialect's refusal is shown in its own words; a network that is away throws something of the browser's. */
const sentenceOf = (error: unknown): string =>
  error instanceof TypeError
    ? 'The server did not answer. Send again when it is back.'
    : (error as Error).message
