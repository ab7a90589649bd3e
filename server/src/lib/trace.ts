import type { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { systemClock } from './clock.ts'

/** A place in a trace, under which spans are told. */
export interface TracePlace {
  readonly traceId: string
  readonly spanId: string
}

/** A piece of work that has ended. Times are milliseconds since 1970, with fractions. */
export interface Span extends TracePlace {
  readonly parentId: string | undefined
  readonly name: string
  readonly kind: 'server' | 'internal'
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly hasFailed: boolean
}

/** A caller's place, as it says in `traceparent` (W3C Trace Context). */
interface RemotePlace extends TracePlace {
  readonly isSampled: boolean
}

interface TracingOptions {
  readonly onEnd: (span: Span) => void
  /** Whether a trace is told of; `isParentSampled` is what a caller says of it, if one does. */
  readonly isSampled: (traceId: string, isParentSampled: boolean | undefined) => boolean
}

interface Tracing extends TracingOptions {
  readonly current: AsyncLocalStorage<TracePlace>
}

/** Undefined where nothing is traced: whoever asks then pays a look at this. */
let tracing: Tracing | undefined

/** Traces the work of this process until the returned function is called. */
export function startTracing(options: TracingOptions): () => void {
  const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks')
  const own = { ...options, current: new AsyncLocalStorage<TracePlace>() }
  tracing = own
  return () => {
    if (tracing === own) tracing = undefined
  }
}

export const isTracing = (): boolean => tracing !== undefined

/** The place under which work of this moment is told; undefined where it is not traced. */
export const tracePlace = (): TracePlace | undefined => tracing?.current.getStore()

/** Now, as spans have it. */
export const traceNowMs = (): number => clock.nowMicros() / 1000

const clock = systemClock()

/** A span that has begun. */
interface OpenSpan {
  /** Runs work whose spans are told under this one. */
  within<T>(work: () => T): T
  end(outcome?: Partial<Pick<Span, 'attributes' | 'hasFailed'>>): void
}

interface SpanStart extends Pick<Span, 'name' | 'kind'> {
  /** The header of the caller. */
  readonly traceparent?: string | undefined
}

/** Begins a trace, or goes on with the caller's; undefined where it is not told of. */
export function beginTrace({ name, kind, traceparent }: SpanStart): OpenSpan | undefined {
  const own = tracing
  if (!own) return undefined
  const remote = remotePlace(traceparent)
  const traceId = remote?.traceId ?? newId(16)
  if (!own.isSampled(traceId, remote?.isSampled)) return undefined
  const place = { traceId, spanId: newId(8) }
  const startedAtMs = traceNowMs()
  return {
    within: (work) => own.current.run(place, work),
    end: ({ attributes = {}, hasFailed = false } = {}) =>
      own.onEnd({
        ...place,
        ...{ name, kind, attributes, hasFailed, startedAtMs },
        parentId: remote?.spanId,
        endedAtMs: traceNowMs(),
      }),
  }
}

/** Tells of work that has ended already. */
export function tellSpan(
  { traceId, spanId: parentId }: TracePlace,
  span: Omit<Span, 'traceId' | 'spanId' | 'parentId' | 'kind'>,
): void {
  tracing?.onEnd({ ...span, traceId, parentId, spanId: newId(8), kind: 'internal' })
}

const newId = (bytes: number): string => randomBytes(bytes).toString('hex')

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/
const NOTHING = /^0+$/

function remotePlace(header: string | undefined): RemotePlace | undefined {
  const [, traceId = '0', spanId = '0', flags = '0'] = TRACEPARENT.exec(header ?? '') ?? []
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
