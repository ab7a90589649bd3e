import { type TracePlace, tellSpan, traceNowMs, tracePlace } from '../lib/trace.ts'

/** A write that is traced: where in a trace, and since when it waits. */
export interface WriteTrace {
  readonly place: TracePlace
  readonly queuedAtMs: number
}

/** Undefined where the write is not traced. */
export function beginWriteTrace(): WriteTrace | undefined {
  const place = tracePlace()
  return place && { place, queuedAtMs: traceNowMs() }
}

interface WriteEnd {
  readonly name: string
  /** Milliseconds from taking the batch to its end. */
  readonly commitMs: number
  /** Writes of the batch. */
  readonly writes: number
  readonly hasFailed: boolean
}

/** Tells how long a write has waited, and how long its batch has taken to be on disk. */
export function endWriteTrace({ place, queuedAtMs }: WriteTrace, end: WriteEnd): void {
  const { name, commitMs, writes, hasFailed } = end
  const endedAtMs = traceNowMs()
  const takenAtMs = Math.max(queuedAtMs, endedAtMs - commitMs)
  const attributes = { 'parlance.write': name }
  tellSpan(place, {
    ...{ name: 'queue', attributes, hasFailed: false },
    ...{ startedAtMs: queuedAtMs, endedAtMs: takenAtMs },
  })
  tellSpan(place, {
    ...{ name: 'commit', hasFailed, startedAtMs: takenAtMs, endedAtMs },
    attributes: { ...attributes, 'parlance.commit.writes': writes },
  })
}
