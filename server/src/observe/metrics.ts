import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { DOORS, type Door } from '../lib/guard.ts'
import type { Tally } from '../lib/tally.ts'
import { Figures } from './figures.ts'
import { READINGS } from './readings.ts'

/** The server's metrics, in Prometheus' text format. */
export class Metrics {
  readonly #registry = new Registry()
  readonly figures = new Figures()
  readonly #commitSeconds = this.#histogram(
    'parlance_commit_seconds',
    'Time from taking a batch of writes to its commit on disk.',
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  )
  readonly #commitWrites = this.#histogram(
    'parlance_commit_writes',
    'Writes that shared one commit.',
    [1, 4, 16, 64, 256, 1024, 4096, 16_384],
  )
  /** HTTP requests, by dialect. Counted here, and handed to the library at each scrape: it looks labels up by their text. */
  readonly #requests = new Map<string, number>()
  readonly #droppedWebhooks = new Counter({
    name: 'parlance_pusher_webhook_events_dropped_total',
    help: 'Webhook events that the application was never told of, by reason: full, old or refused.',
    labelNames: ['reason'] as const,
    registers: [this.#registry],
  })
  readonly #failures = new Counter({
    name: 'parlance_callback_failures_total',
    help: 'Errors that a guard caught: each a bug, which ended one connection. By where the call came from.',
    labelNames: ['door'] as const,
    registers: [this.#registry],
  })

  readonly #storeRefusals = new Counter({
    name: 'parlance_store_refusals_total',
    help: 'Reads and writes that were refused because the store failed, by code: unavailable, outcome_unknown or busy.',
    labelNames: ['code'] as const,
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    // From the start, or the first of each would be no increase.
    for (const code of ['unavailable', 'outcome_unknown', 'busy']) this.#storeRefusals.inc({ code }, 0)
    for (const reason of ['full', 'old', 'refused']) this.#droppedWebhooks.inc({ reason }, 0)
    for (const door of DOORS) this.#failures.inc({ door }, 0)
    const requests = this.#requests
    new Counter({
      name: 'parlance_http_requests_total',
      help: 'HTTP requests, by the dialect that answered.',
      labelNames: ['dialect'] as const,
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [dialect, count] of requests) this.inc({ dialect }, count)
      },
    })
    this.#tallied(
      'sent',
      'parlance_messages_sent_total',
      'Messages that were stored, by the dialect that sent them.',
    )
    this.#tallied(
      'delivered',
      'parlance_deliveries_total',
      'Events of conversations that live connections were told, one for each connection, by dialect.',
    )
  }

  /** `read` is called at each scrape. */
  watch(reading: keyof typeof READINGS, read: () => number | Promise<number>): void {
    this.figures.readings.set(reading, read)
    const [kind, name, help] = READINGS[reading]
    const registers = [this.#registry]
    if (kind === 'gauge') {
      new Gauge({
        ...{ name, help, registers },
        async collect() {
          this.set(await read())
        },
      })
      return
    }
    new Counter({
      ...{ name, help, registers },
      async collect() {
        const value = await read()
        this.reset()
        this.inc(value)
      },
    })
  }

  /** The dialect's tally is read at each scrape. */
  watchDialect(dialect: string, tally: Tally): void {
    this.figures.tallies.set(dialect, tally)
  }

  /** `count` is asked at each scrape: live connections by dialect. */
  watchConnections(count: () => Iterable<readonly [dialect: string, connections: number]>): void {
    this.figures.countConnections = count
    new Gauge({
      name: 'parlance_connections',
      help: 'Live connections, by dialect.',
      labelNames: ['dialect'] as const,
      registers: [this.#registry],
      collect() {
        for (const [dialect, connections] of count()) this.set({ dialect }, connections)
      },
    })
  }

  /** `refusals` is asked at each scrape: what each rate limit has refused. */
  watchLimits(refusals: () => Iterable<readonly [limit: string, count: number]>): void {
    new Counter({
      name: 'parlance_rate_limited_total',
      help: 'What rate limits have refused, by limit.',
      labelNames: ['limit'] as const,
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [limit, count] of refusals()) this.inc({ limit }, count)
      },
    })
  }

  /** Asked at each scrape. */
  watchBus(ping: () => Promise<void>): void {
    this.figures.pingBus = ping
    new Gauge({
      name: 'parlance_bus_up',
      help: 'Whether news travels between the nodes: 1, or 0 while this one serves its own clients alone.',
      registers: [this.#registry],
      async collect() {
        this.set(
          await ping().then(
            () => 1,
            () => 0,
          ),
        )
      },
    })
  }

  /** `isUp` is called at each scrape. */
  watchStore(isUp: () => boolean): void {
    this.figures.isStoreUp = isUp
    new Gauge({
      name: 'parlance_store_up',
      help: 'Whether the store does what it is asked: 1, or 0 from a failure until a write is taken again.',
      registers: [this.#registry],
      collect() {
        this.set(isUp() ? 1 : 0)
      },
    })
  }

  countStoreRefusal(code: string): void {
    this.#storeRefusals.inc({ code })
  }

  observeCommit(stats: { readonly commands: number; readonly commitMs: number }): void {
    this.figures.commits += 1
    this.figures.writes += stats.commands
    this.#commitSeconds.observe(stats.commitMs / 1000)
    this.#commitWrites.observe(stats.commands)
  }

  countRequest(dialect: string): void {
    this.#requests.set(dialect, (this.#requests.get(dialect) ?? 0) + 1)
  }

  countDroppedWebhooks(reason: string, count: number): void {
    this.#droppedWebhooks.inc({ reason }, count)
  }

  countFailure(door: Door): void {
    this.#failures.inc({ door })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #tallied(figure: keyof Tally, name: string, help: string): void {
    const { tallies } = this.figures
    new Counter({
      ...{ name, help, labelNames: ['dialect'] as const, registers: [this.#registry] },
      collect() {
        this.reset()
        for (const [dialect, tally] of tallies) this.inc({ dialect }, tally[figure])
      },
    })
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.#registry] })
  }
}
