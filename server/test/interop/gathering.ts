import type { AuthoredMessage } from '../../src/core/chat.ts'
import type { DialectName } from '../../src/dialects/index.ts'
import type { Place, Shown, Stream } from '../support/clients/index.ts'
import { until } from '../support/until.ts'
import { type Seen, SHOWN } from './expected.ts'
import { addressing, type Participant, type World } from './world.ts'

const WARM_UP = 'is anybody there?'

/** One conversation, with every device that can listen to it listening. */
export class Gathering {
  readonly place: Place
  readonly views: readonly View[]
  readonly #world: World

  private constructor(world: World, place: Place, views: readonly View[]) {
    this.#world = world
    this.place = place
    this.views = views
  }

  static async at(world: World, place: Place, people: readonly Participant[]): Promise<Gathering> {
    const views: View[] = []
    for (const who of people) {
      for (const dialect of addressing(place.kind)) {
        const streams = await who[dialect].listen(place)
        for (const stream of streams) await warmUp(place, { who, dialect, stream })
        views.push(new View(place, { who, dialect, streams }))
      }
    }
    return new Gathering(world, place, views)
  }

  /** All that was said, as the core has it. */
  async facts(): Promise<readonly AuthoredMessage[]> {
    const { conversationId } = this.place
    const all = await this.#world.server.chat.messages.list({ conversationId, limit: Infinity })
    return all.filter(({ body }) => body !== WARM_UP)
  }

  /** Resolves when nothing is on its way any more: every stream has heard the last of it. */
  async settled(withinMs?: number): Promise<readonly AuthoredMessage[]> {
    const facts = await this.facts()
    const last = facts.at(-1)?.body
    for (const { dialect, streams } of this.views) {
      for (const stream of streams) {
        const isThere = () => stream.shown.some(({ text }) => text === last)
        await until(`the last message over ${dialect}, ${stream.transport}`, isThere, withinMs)
      }
    }
    return facts
  }

  viewOf(dialect: DialectName, who: Participant): View {
    const view = this.views.find((one) => one.dialect === dialect && one.who === who)
    if (!view) throw new Error(`${who.username} does not listen over ${dialect}`)
    return view
  }
}

/** Looks after which somebody asks again: a client's history holds fifty messages, and these are among them. */
const LOOKS = 20

/** Not every protocol says when it begins to listen: a client that has heard something does. */
async function warmUp(
  place: Place,
  { who, dialect, stream }: { who: Participant; dialect: DialectName; stream: Stream },
): Promise<void> {
  let looks = 0
  await until(`${who.username} to listen over ${dialect}, ${stream.transport}`, async () => {
    if (looks++ % LOOKS === 0) await who.rooms.send(place, WARM_UP)
    return stream.shown.length > 0
  })
}

/** The conversation as one kind of client shows it to one person. */
export class View {
  readonly who: Participant
  readonly dialect: DialectName
  readonly #streams: readonly Stream[]
  readonly #place: Place

  constructor(
    place: Place,
    { who, dialect, streams }: { who: Participant; dialect: DialectName; streams: readonly Stream[] },
  ) {
    this.#place = place
    this.who = who
    this.dialect = dialect
    this.#streams = streams
  }

  get streams(): readonly Stream[] {
    return this.#streams.map((stream) => ({
      transport: stream.transport,
      get shown() {
        return withoutWarmUp(stream.shown)
      },
    }))
  }

  async history(): Promise<readonly Shown[]> {
    return withoutWarmUp(await this.who[this.dialect].history(this.#place))
  }

  /** These messages as the client should have shown them. */
  expected(facts: readonly AuthoredMessage[], how: Seen['how']): readonly Shown[] {
    const seen = { place: this.#place, viewer: this.who.account, secret: this.who.rooms.uuid, how }
    return facts.map((fact) => SHOWN[this.dialect](fact, seen))
  }
}

const withoutWarmUp = (shown: readonly Shown[]): readonly Shown[] =>
  shown.filter(({ text }) => text !== WARM_UP)
