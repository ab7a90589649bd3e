import { type Operation, type ProblemCode, problemKind, type RequestKind } from '@parlance/protocol'
import type { Transfer } from './transfers.ts'

/** Statuses of an operation's refusals, with the codes that each may have. */
type Refusals = ReadonlyMap<number, readonly ProblemCode[]>

/** Every refusal of the operation: its own, and those that follow from its shape. */
export function refusalsOf(operation: Operation | Transfer): Refusals {
  const byStatus = new Map<number, ProblemCode[]>()
  const add = (status: number, code: ProblemCode) => {
    const codes = byStatus.get(status)
    if (codes) codes.push(code)
    else byStatus.set(status, [code])
  }
  for (const code of codesOf(operation)) {
    add(problemKind(code).status, code)
    // In an open conversation that everybody may find, it is no secret who is not in it.
    if (code === 'not_a_member') add(403, code)
  }
  return new Map([...byStatus].toSorted(([one], [other]) => one - other))
}

function codesOf(operation: Operation | Transfer): ReadonlySet<ProblemCode> {
  const { path, refuses = [] } = operation
  return new Set([
    ...refuses,
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...(path.includes('{c}') ? (['not_a_member'] as const) : []),
    ...commonCodes(operation),
  ])
}

/** Codes that follow from what a request is like, whatever it is for. */
export function commonCodes({ method, isOpen, isIdempotent }: Operation | Transfer): readonly ProblemCode[] {
  const isWrite = method !== 'GET' && method !== 'HEAD'
  const writes: readonly ProblemCode[] = [
    ...(['payload_too_large', 'unsupported_media_type', 'outcome_unknown', 'busy'] as const),
  ]
  const keys: readonly ProblemCode[] = ['idempotency_key_reused', 'idempotency_key_in_use']
  return [
    'invalid_request',
    ...(isOpen ? [] : (['not_authorized'] as const)),
    ...(isWrite && !isOpen ? (['cross_site'] as const) : []),
    ...(isWrite ? writes : []),
    ...(isIdempotent ? keys : []),
    'rate_limited',
    'internal_error',
    'unavailable',
  ]
}

/** Requests of the socket that the store does not hear of. */
const PASSING: ReadonlySet<string> = new Set(['typing', 'watch', 'conversation.open', 'ping'])

/** Every code that a request over the socket may be refused with. */
export function requestCodesOf({ op, schema, refuses = [] }: RequestKind): readonly ProblemCode[] {
  const names = 'properties' in schema ? Object(schema.properties) : {}
  const place: readonly ProblemCode[] = 'conversation' in names ? ['not_found', 'not_a_member'] : []
  const writes: readonly ProblemCode[] = PASSING.has(op) ? [] : ['outcome_unknown', 'busy']
  const always: readonly ProblemCode[] = ['invalid_request', 'rate_limited', 'internal_error', 'unavailable']
  return [...new Set([...refuses, ...place, ...writes, ...always])]
}
