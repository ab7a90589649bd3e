import type { TracingSettings } from '../config/index.ts'
import { owned } from '../lib/guard.ts'
import { runEvery } from '../lib/timers.ts'
import type { Span } from '../lib/trace.ts'
import { versionOf } from '../lib/version.ts'

interface SpanExporterOptions {
  readonly settings: TracingSettings
  /** Told when the address takes no traces any more, and when it does again. */
  readonly onFailed: (reason: string) => void
  readonly onWorks: (dropped: number) => void
}

/** Spans that wait at most; later ones are dropped. One takes some 500 bytes. */
const MOST_WAITING = 2_048
const MOST_AT_ONCE = 512
const EVERY_MS = 2_000
const ANSWER_MS = 10_000
/** Milliseconds for the last spans when the server ends. */
const LAST_MS = 500

const KINDS = { internal: 1, server: 2 } as const
const ERROR = 2

/** Sends spans as OTLP over http, as JSON: together, and never in the way of what they are about. */
export class SpanExporter {
  readonly #options: SpanExporterOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #resource: object
  readonly #timer: NodeJS.Timeout
  #waiting: Span[] = []
  #sending: Promise<void> | undefined
  #dropped = 0
  #isFailing = false

  constructor(options: SpanExporterOptions) {
    const { headers, resource, serviceName } = options.settings
    this.#options = options
    this.#headers = { ...pairsOf(headers), 'content-type': 'application/json' }
    const facts = { ...pairsOf(resource), 'service.name': serviceName, 'service.version': versionOf() }
    this.#resource = { attributes: attributesOf(facts) }
    this.#timer = runEvery(EVERY_MS, () => this.#begin()).unref()
  }

  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped++
      return
    }
    this.#waiting.push(span)
    if (this.#waiting.length >= MOST_AT_ONCE) this.#begin()
  }

  /** Sends what waits, in half a second, or drops it. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sending
    await this.#send(LAST_MS)
  }

  #begin(): void {
    if (this.#sending || this.#waiting.length === 0) return
    const sending = this.#send(ANSWER_MS).finally(() => {
      this.#sending = undefined
    })
    this.#sending = sending
    owned('task', sending)
  }

  async #send(withinMs: number): Promise<void> {
    const spans = this.#waiting.splice(0, MOST_AT_ONCE)
    if (spans.length === 0) return
    try {
      const { ok, status } = await fetch(this.#options.settings.endpoint, {
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify(this.#document(spans)),
        redirect: 'error',
        signal: AbortSignal.timeout(withinMs),
      })
      if (!ok) throw new Error(`it answered ${status}`)
      this.#works()
    } catch (error) {
      this.#dropped += spans.length
      this.#fail(error)
    }
  }

  #works(): void {
    if (!this.#isFailing) return
    this.#isFailing = false
    this.#options.onWorks(this.#dropped)
    this.#dropped = 0
  }

  #fail(error: unknown): void {
    if (this.#isFailing) return
    this.#isFailing = true
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    this.#options.onFailed(cause instanceof Error ? cause.message : String(cause))
  }

  #document(spans: readonly Span[]): object {
    const scope = { name: 'parlance', version: versionOf() }
    return {
      resourceSpans: [{ resource: this.#resource, scopeSpans: [{ scope, spans: spans.map(spanOf) }] }],
    }
  }
}

const spanOf = (span: Span): object => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentId !== undefined && { parentSpanId: span.parentId }),
  name: span.name,
  kind: KINDS[span.kind],
  startTimeUnixNano: nanosOf(span.startedAtMs),
  endTimeUnixNano: nanosOf(span.endedAtMs),
  attributes: attributesOf(span.attributes),
  status: span.hasFailed ? { code: ERROR } : {},
})

/** Whole microseconds: a double has no more. */
const nanosOf = (ms: number): string => `${Math.round(ms * 1_000)}000`

const attributesOf = (facts: Readonly<Record<string, string | number>>): readonly object[] =>
  Object.entries(facts).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))

/** `name=value,name=value`, as OpenTelemetry writes it: values may be percent-encoded. */
function pairsOf(text: string): Readonly<Record<string, string>> {
  if (text === '') return {}
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      return [name.trim(), decoded(value.trim())]
    }),
  )
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A percent sign that begins no code is itself.
    return value
  }
}
