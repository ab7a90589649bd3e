import { setTimeout } from 'node:timers/promises'
import type { DialectName } from '../../src/dialects/index.ts'
import { addressing, type Participant, type World } from '../interop/world.ts'
import type { Place, Shown } from '../support/clients/index.ts'
import { until } from '../support/until.ts'
import type { Cluster } from './cluster.ts'
import { complaintsAbout, complaintsAboutLog, type Reading } from './compare.ts'
import type { Node } from './node.ts'
import { type Ledger, type Pace, Talker } from './talker.ts'

const SETTLE_MS = 20_000
/** A client that has not received a message after this long counts as one that never will. */
const HEARD_MS = 10_000
const PROBE_EVERY_MS = 50

/** The newest that a dialect's protocol can show, where it cannot page through all. */
const REACH: Partial<Readonly<Record<DialectName, number>>> = { groups: 100 }

/** A conversation in which every client of its people speaks and listens. */
export class Load implements AsyncDisposable {
  readonly #cluster: Cluster
  readonly #world: World
  readonly #place: Place
  readonly #people: readonly Participant[]
  readonly #ledger: Ledger = { acknowledged: [], uncertain: [] }
  readonly #talkers: Talker[] = []
  #talking: Promise<unknown> = Promise.resolve()
  #isOver = false
  #probes = 0

  private constructor(
    { cluster, world }: { cluster: Cluster; world: World },
    place: Place,
    people: readonly Participant[],
  ) {
    this.#cluster = cluster
    this.#world = world
    this.#place = place
    this.#people = people
  }

  /** Resolves when every client of theirs listens. */
  static async gather(
    where: { cluster: Cluster; world: World },
    place: Place,
    people: readonly Participant[],
  ): Promise<Load> {
    await using opened = new AsyncDisposableStack()
    const load = opened.use(new Load(where, place, people))
    await Promise.all(people.map((who) => load.#sitDown(who)))
    await until('everybody to hear', () => load.#isWarm(), SETTLE_MS)
    opened.move()
    return load
  }

  get acknowledged(): readonly string[] {
    return this.#ledger.acknowledged
  }

  /** Everybody talks, until told to stop or until so much was said. */
  begin({ atOnce, pauseMs, messages = Infinity }: Omit<Pace, 'goesOn'> & { messages?: number }): void {
    let left = messages
    const goesOn = () => !this.#isOver && left-- > 0
    this.#talking = Promise.all(this.#talkers.map((talker) => talker.talk({ atOnce, pauseMs, goesOn })))
    // `end` awaits the same promise and reports its failure.
    this.#talking.catch(() => undefined)
  }

  /** Resolves when nobody takes a node that is gone for theirs: each learns of it when it says the next thing. */
  async hasMoved(): Promise<void> {
    const isHere = (talker: Talker) => !talker.isMoving && this.#cluster.running.includes(talker.node)
    await until('everybody to be elsewhere', () => this.#talkers.every(isHere), SETTLE_MS)
  }

  /** Resolves when all was said; `now` keeps anybody from going on. */
  async end(now?: 'now'): Promise<void> {
    if (now) this.#isOver = true
    await this.#talking
  }

  /**
   * Milliseconds from now until a message through each of these nodes is accepted and arrives on every live
   * connection to them; Infinity when it takes too long. A refused message is sent again.
   */
  async msUntilLive(nodes: readonly Node[]): Promise<number> {
    const since = performance.now()
    const isMeant = (talker: Talker) => talker.isLive && nodes.includes(talker.node)
    const heard = await Promise.all([...new Set(nodes)].map((node) => this.#probe(node, isMeant)))
    return heard.every(Boolean) ? performance.now() - since : Infinity
  }

  /** Every fault, in words: in the log, on live connections, and in the histories that each node gives. */
  async complaints(): Promise<readonly string[]> {
    await this.#settle()
    const { conversationId, kind } = this.#place
    const messages = await this.#world.server.chat.messages.list({ conversationId, limit: Infinity })
    const entries = messages.map(({ seq, body }) => ({ seq, text: body }))
    const log = entries.map(({ text }) => text)
    const asked = await Promise.allSettled(this.#histories())
    const histories = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    const refused = asked.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []))
    const readings = [...this.#talkers.flatMap((talker) => talker.readings), ...histories]
    return [
      ...refused,
      ...complaintsAboutLog({ label: `the log of the ${kind} conversation`, entries }, this.#ledger),
      ...readings.flatMap((reading) => complaintsAbout(reading, log)),
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('now').catch(() => undefined)
    await Promise.all(this.#talkers.map((talker) => talker.close()))
  }

  async #sitDown(who: Participant): Promise<void> {
    const node = this.#cluster.nodes.find((one) => one === who.where)
    if (!node) throw new Error(`${who.username} is at no node of the cluster`)
    const common = { who, node, place: this.#place, ledger: this.#ledger }
    const nextNode = (after: Node) => this.#cluster.next(after)
    for (const dialect of addressing(this.#place.kind)) {
      this.#talkers.push(await Talker.open({ ...common, dialect, nextNode }))
    }
  }

  /** Not every protocol says when it begins to listen: a client that has heard something does. */
  async #isWarm(): Promise<boolean> {
    await this.#say(this.#cluster.node(0))
    await setTimeout(PROBE_EVERY_MS)
    return this.#talkers.every((talker) => talker.hearsAnything)
  }

  /** Whether a message through that node is heard by all those. */
  async #probe(node: Node, isMeant: (talker: Talker) => boolean): Promise<boolean> {
    // A client that moves to another node meanwhile may begin to listen after the message: it is not awaited.
    const listening = this.#talkers.map((talker) => ({ talker, moves: talker.moves }))
    const text = await until(`a message through ${node.url} to be taken`, () => this.#say(node), SETTLE_MS)
    const isHeard = () =>
      listening.every(({ talker, moves }) => !isMeant(talker) || talker.moves > moves || talker.hears(text))
    return until(text, isHeard, HEARD_MS).catch(() => false)
  }

  /** Undefined when it was not taken. */
  async #say(node: Node): Promise<string | undefined> {
    const text = `probe ${++this.#probes}`
    const device = await this.#people[0]?.rooms.again(node)
    try {
      await device?.send(this.#place, text)
      this.#ledger.acknowledged.push(text)
      return text
    } catch {
      this.#ledger.uncertain.push(text)
      await setTimeout(PROBE_EVERY_MS)
      return undefined
    }
  }

  /** Everybody has heard the last word, or will not. */
  async #settle(): Promise<void> {
    await this.#probe(this.#cluster.next(), () => true)
  }

  /** The first of them asks over each dialect at each node. */
  #histories(): readonly Promise<Reading>[] {
    const [who] = this.#people
    if (!who) return []
    return [...new Set(this.#cluster.running)].flatMap((node) =>
      addressing(this.#place.kind).map((dialect) => this.#history(who, dialect, node)),
    )
  }

  async #history(who: Participant, dialect: DialectName, node: Node): Promise<Reading> {
    const label = `${who.username}, in the history over ${dialect}, at ${node.url}`
    const client = await who[dialect].again(node)
    try {
      const texts = (await client.history(this.#place)).map(({ text }: Shown) => text)
      const begins = texts.length === REACH[dialect] ? 'anywhere' : 'at the first message'
      return { label, texts, begins, ends: 'at the last message' }
    } catch (cause) {
      throw new Error(`${label} is refused: ${cause}`, { cause })
    } finally {
      await client.close()
    }
  }
}
