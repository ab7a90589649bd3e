import { setTimeout as pause } from 'node:timers/promises'
import { guarded } from '../../lib/guard.ts'
import type { RedisAddress } from '../../lib/redis-address.ts'
import { within } from '../../lib/within.ts'
import { type BreakableWire, openWire, type Wire } from './wire.ts'

interface LinkOptions {
  readonly address: RedisAddress
  /** A new wire: nothing that an earlier one was told holds. It is up when the promise resolves. */
  readonly onOpen: (wire: Wire) => Promise<void>
  readonly onUp: () => void
  /** Called before each ping. The returned function is called once every server has answered as a primary. */
  readonly onAsking: () => () => void
  /** The wire broke, or could not be opened; again for each attempt. */
  readonly onDown: (error: unknown) => void
}

const PING_EVERY_MS = 1_000
/** Redis answers in less than a millisecond, or after a fork of a large one in some hundred. */
const PONG_TIMEOUT_MS = 2_000
/** Between two attempts: doubling from the first to the most, and from the first again after a steady while. */
const RETRY_MS = { first: 50, most: 1_000 }
const STEADY_MS = 5_000

/** Keeps a wire to Redis, and opens another when it breaks. */
export class RedisLink {
  readonly #options: LinkOptions
  readonly #stopped = Promise.withResolvers<void>()
  readonly #kept: Promise<void>
  #isClosing = false
  #failNow: (error: unknown) => void = () => undefined
  #wire: Wire | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.#kept = this.#keep()
  }

  /** Undefined while there is none. */
  get wire(): Wire | undefined {
    return this.#wire
  }

  /** Redis has refused what it must not: another wire is opened, on which everything is said again. */
  fail(error: unknown): void {
    this.#failNow(error)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopped.resolve()
    await this.#kept
  }

  async #keep(): Promise<void> {
    for (let attempt = 0; !this.#isClosing; attempt++) {
      const startedAt = performance.now()
      try {
        await using wire = await openWire(this.#options.address)
        await this.#use(wire)
      } catch (error) {
        if (!this.#isClosing) this.#tellDown(error)
      }
      if (performance.now() - startedAt > STEADY_MS) attempt = 0
      const retry = pause(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** attempt), undefined, { ref: false })
      await Promise.race([retry, this.#stopped.promise])
    }
  }

  /** Calls `onDown`; the link goes on even if that throws. */
  #tellDown(error: unknown): void {
    guarded('redis', this.#options.onDown)(error)
  }

  async #use(wire: BreakableWire): Promise<void> {
    const { promise: failed, reject } = Promise.withResolvers<never>()
    this.#failNow = reject
    const over = Promise.race([this.#beat(wire), wire.broken, failed, this.#stopped.promise])
    this.#wire = wire
    try {
      await Promise.race([this.#options.onOpen(wire), over])
      if (this.#isClosing) return
      this.#options.onUp()
      await over
    } finally {
      this.#wire = undefined
      this.#failNow = () => undefined
    }
  }

  /** Rejects when Redis no longer answers: a stopped one keeps its connections open. */
  async #beat(wire: BreakableWire): Promise<never> {
    for (;;) {
      await pause(PING_EVERY_MS, undefined, { ref: false })
      const onProven = this.#options.onAsking()
      await within(PONG_TIMEOUT_MS, 'Redis', wire.ping())
      onProven()
    }
  }
}
