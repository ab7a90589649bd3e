import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Door } from '../lib/guard.ts'

/** The server's metrics, in Prometheus' text format. */
export class Metrics {
  readonly #registry = new Registry()
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
  }

  /** `count` is asked at each scrape: live connections by dialect. */
  watchConnections(count: () => Iterable<readonly [dialect: string, connections: number]>): void {
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

  /** `countLost` is called at each scrape; it counts log lines that could not be written. */
  watchLog(countLost: () => number): void {
    new Counter({
      name: 'parlance_log_lines_lost_total',
      help: 'Log lines of the process that could not be written to standard error.',
      registers: [this.#registry],
      collect() {
        this.reset()
        this.inc(countLost())
      },
    })
  }

  /** `countCutOffs` is called at each scrape; it counts connections cut off because together they held too much. */
  watchMemory(countCutOffs: () => number): void {
    new Counter({
      name: 'parlance_memory_cut_offs_total',
      help: 'Connections cut off because what peers had not finished or not read took too much memory.',
      registers: [this.#registry],
      collect() {
        this.reset()
        this.inc(countCutOffs())
      },
    })
  }

  /** `expiresAtSeconds` is called at each scrape; it tells when the certificate in use runs out, since 1970; 0 without one. */
  watchCertificate(expiresAtSeconds: () => number): void {
    new Gauge({
      name: 'parlance_certificate_expires_seconds',
      help: 'When the certificate in use runs out, in seconds since 1970; 0 where there is none yet. There where the server itself speaks TLS.',
      registers: [this.#registry],
      collect() {
        this.set(expiresAtSeconds())
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

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.#registry] })
  }
}
