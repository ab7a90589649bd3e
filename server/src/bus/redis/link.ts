import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { within } from '../../lib/within.ts'

/** Two connections of one moment: one that subscribes can do nothing else. */
export interface Wire {
  readonly commands: RedisClient
  readonly subscriber: RedisClient
}

export type RedisClient = ReturnType<typeof openClient>

export interface LinkOptions {
  readonly url: string
  /** A new wire: nothing that an earlier one was told holds. It is up when the promise resolves. */
  readonly onOpen: (wire: Wire) => Promise<void>
  readonly onUp: () => void
  /** The wire broke, or could not be opened; again for each attempt. */
  readonly onDown: (error: unknown) => void
}

const CONNECT_TIMEOUT_MS = 2_000
const PING_EVERY_MS = 1_000
/** Redis answers in less than a millisecond, or after a fork of a large one in some hundred. */
const PONG_TIMEOUT_MS = 2_000
/** Between two attempts: doubling from the first to the most. */
const RETRY_MS = { first: 50, most: 1_000 }
/** Commands that wait for their answer; more are refused at once. */
const MAX_COMMANDS = 100_000

/** Keeps a wire to Redis, and opens another when it breaks. */
export class RedisLink {
  readonly #options: LinkOptions
  readonly #stopped = Promise.withResolvers<void>()
  readonly #kept: Promise<void>
  #isClosing = false
  #wire: Wire | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.#kept = this.#keep()
  }

  /** Undefined while there is none. */
  get wire(): Wire | undefined {
    return this.#wire
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopped.resolve()
    await this.#kept
  }

  async #keep(): Promise<void> {
    for (let attempt = 0; !this.#isClosing; attempt++) {
      try {
        await using wire = await openWire(this.#options.url)
        await this.#use(wire, () => {
          attempt = 0
        })
      } catch (error) {
        if (!this.#isClosing) this.#options.onDown(error)
      }
      const retry = pause(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** attempt), undefined, { ref: false })
      await Promise.race([retry, this.#stopped.promise])
    }
  }

  async #use(wire: BreakableWire, onUp: () => void): Promise<void> {
    const over = Promise.race([beat(wire), wire.broken, this.#stopped.promise])
    this.#wire = wire
    try {
      await Promise.race([this.#options.onOpen(wire), over])
      if (this.#isClosing) return
      onUp()
      this.#options.onUp()
      await over
    } finally {
      this.#wire = undefined
    }
  }
}

interface BreakableWire extends Wire, AsyncDisposable {
  readonly broken: Promise<never>
}

async function openWire(url: string): Promise<BreakableWire> {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Whoever waits for it hears of it; after that nobody does.
  broken.catch(() => undefined)
  const clients = [openClient(url, reject), openClient(url, reject)] as const
  const destroy = () => {
    for (const client of clients) if (client.isOpen) client.destroy()
  }
  try {
    await within(CONNECT_TIMEOUT_MS, 'Redis', Promise.all(clients.map((client) => client.connect())))
  } catch (error) {
    destroy()
    throw error
  }
  const [commands, subscriber] = clients
  return { commands, subscriber, broken, [Symbol.asyncDispose]: async () => destroy() }
}

/** It never connects again by itself: what is asked of a wire must not be done on the next one. */
function openClient(url: string, onBroken: (error: unknown) => void) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS },
  })
    .on('error', onBroken)
    .on('end', () => onBroken(new Error('Redis has closed the connection')))
}

/** Rejects when Redis no longer answers: a stopped one keeps its connections open. */
async function beat({ commands, subscriber }: Wire): Promise<never> {
  for (;;) {
    await pause(PING_EVERY_MS, undefined, { ref: false })
    await within(PONG_TIMEOUT_MS, 'Redis', Promise.all([commands.ping(), subscriber.ping()]))
  }
}
