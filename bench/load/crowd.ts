import { setTimeout } from 'node:timers/promises'
import type { Client, Place, Running, World } from '../target.ts'
import { bodyOf } from './body.ts'
import { Ear } from './ear.ts'

/** Someone under load: a connection, what it hears, and how many messages it has sent. */
export class Person {
  readonly number: number
  readonly place: Place
  readonly ear = new Ear()
  readonly client: Client
  sent = 0

  private constructor(number: number, place: Place, client: Client, ear: Ear) {
    this.number = number
    this.place = place
    this.client = client
    this.ear = ear
  }

  static async connect(running: Running, number: number, place: Place): Promise<Person> {
    const ear = new Ear()
    const client = await running.connect(place, ear)
    if (!client.isAnswered) ear.awaited = number
    return new Person(number, place, client, ear)
  }

  say(sentAt = 0): void {
    this.client.send(bodyOf(this.number, this.sent++, sentAt))
  }
}

const CONNECTING_AT_A_TIME = 32
const PROBE_EVERY_MS = 100
const DEADLINE_MS = 60_000

/** Everybody of a world, connected, in the order of their places. */
export class Crowd {
  readonly people: readonly Person[]
  /** The people who send. */
  readonly speakers: readonly Person[]

  private constructor(people: readonly Person[], speakersEach: number) {
    this.people = people
    this.speakers = people.filter(({ place }) => place.member < speakersEach)
  }

  /** Resolves once everybody hears what is said. */
  static async gather(running: Running, world: World): Promise<Crowd> {
    const { conversations, membersEach, speakers = membersEach } = world
    const people: Person[] = []
    const total = conversations * membersEach
    for (let from = 0; from < total; from += CONNECTING_AT_A_TIME) {
      const numbers = Array.from({ length: Math.min(CONNECTING_AT_A_TIME, total - from) }, (_, i) => from + i)
      const connected = numbers.map((number) => {
        const place = { conversation: Math.floor(number / membersEach), member: number % membersEach }
        return Person.connect(running, number, place)
      })
      people.push(...(await Promise.all(connected)))
    }
    const crowd = new Crowd(people, speakers)
    await crowd.#probe()
    return crowd
  }

  /** `count` of the speakers, spread evenly. */
  pick(count: number): readonly Person[] {
    const step = this.speakers.length / Math.min(count, this.speakers.length)
    return Array.from(
      { length: Math.min(count, this.speakers.length) },
      (_, i) => this.speakers[Math.floor(i * step)],
    ).filter((person) => person !== undefined)
  }

  get deliveries(): number {
    return this.people.reduce((sum, { ear }) => sum + ear.deliveries, 0)
  }

  get sent(): number {
    return this.people.reduce((sum, person) => sum + person.sent, 0)
  }

  get acknowledgements(): number {
    return this.people.reduce((sum, { ear }) => sum + ear.acknowledgements, 0)
  }

  /** Waits until everything that was sent has reached everybody who should hear it. */
  async settle(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS
    while (this.acknowledgements < this.sent || this.#missing() > 0) {
      if (performance.now() > deadline) {
        throw new Error(
          `${this.sent - this.acknowledgements} unacknowledged, ${this.#missing()} deliveries missing`,
        )
      }
      await setTimeout(20)
    }
    if (this.#missing() < 0) throw new Error(`${-this.#missing()} deliveries too many`)
  }

  /** Waits until everything that was sent is acknowledged. */
  async acknowledged(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS
    while (this.acknowledgements < this.sent) {
      if (performance.now() > deadline) throw new Error('messages stay unacknowledged')
      await setTimeout(5)
    }
  }

  close(): void {
    for (const { client } of this.people) client.close()
  }

  /** Some connections are accepted without a word: they hear once they have heard. */
  async #probe(): Promise<void> {
    const speakers = new Map(this.speakers.map((person) => [person.place.conversation, person]))
    const deadline = performance.now() + DEADLINE_MS
    const listeners = this.people.filter(({ client }) => !client.isDeaf)
    for (let round = 0; ; round++) {
      // A listener that has heard this round's message has no message of an earlier round still to come.
      const waiting = new Set(listeners)
      for (const person of listeners) {
        person.ear.onBody = ({ count }) => void (count === round && waiting.delete(person))
      }
      for (const speaker of speakers.values()) speaker.say()
      const roundEnd = performance.now() + PROBE_EVERY_MS * (round + 1)
      const isOver = () => waiting.size === 0 || performance.now() > roundEnd
      while (this.acknowledgements < this.sent || !isOver()) await setTimeout(5)
      if (waiting.size === 0) break
      if (performance.now() > deadline) throw new Error('somebody hears nothing')
    }
    for (const { ear } of listeners) ear.onBody = undefined
    for (const person of this.people) person.sent = person.ear.acknowledgements = person.ear.deliveries = 0
  }

  /** Deliveries that are still to come; negative if there were too many. */
  #missing(): number {
    const sentIn = new Map<number, number>()
    for (const { place, sent } of this.people) {
      sentIn.set(place.conversation, (sentIn.get(place.conversation) ?? 0) + sent)
    }
    return this.people.reduce(
      (sum, { place, ear, client }) =>
        client.isDeaf ? sum : sum + (sentIn.get(place.conversation) ?? 0) - ear.deliveries,
      0,
    )
  }
}
