import type { Operation } from '@parlance/protocol'
import type { HeaderName, RequestHeader } from './header-names.ts'
import { isTransfer, type Transfer } from './transfers.ts'

const COMMON: readonly (RequestHeader & { readonly isHeeded: (operation: Operation) => boolean })[] = [
  {
    name: 'Idempotency-Key',
    description:
      'Of your own making. The same key with the same body within 24 hours gets the same answer, and nothing is done again.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    isHeeded: ({ isIdempotent = false }) => isIdempotent,
  },
  {
    name: 'If-Match',
    description: "A message's version in quotes, as its `ETag` has it.",
    schema: { type: 'string', pattern: '^"\\d{1,15}"$', examples: ['"5121"'] },
    isHeeded: ({ heedsIfMatch = false }) => heedsIfMatch,
  },
]

/** The headers that an operation heeds, beside those that every request may have. */
export const requestHeadersOf = (operation: Operation | Transfer): readonly RequestHeader[] =>
  isTransfer(operation)
    ? operation.heeds
    : COMMON.filter(({ isHeeded }) => isHeeded(operation)).map(({ isHeeded: _, ...header }) => header)

/** References to the headers that the operation's answers of that status may have. */
export function responseHeadersOf(
  operation: Operation | Transfer,
  status: number,
): Record<string, { $ref: string }> {
  const { body, hasEtag } = operation
  const opensSession = body !== undefined && 'properties' in body && 'cookie' in Object(body.properties)
  const names: readonly (HeaderName | false)[] = [
    'X-Request-Id',
    'RateLimit-Policy',
    'RateLimit',
    status === 201 && 'Location',
    status < 300 && hasEtag === true && 'ETag',
    status < 300 && opensSession && 'Set-Cookie',
    status === 401 && 'WWW-Authenticate',
    (status === 429 || status === 503) && 'Retry-After',
    ...toldByTransfer(operation, status),
  ]
  return Object.fromEntries(
    names.flatMap((name) => (name ? [[name, { $ref: `#/components/headers/${name}` }] as const] : [])),
  )
}

function toldByTransfer(operation: Operation | Transfer, status: number): readonly HeaderName[] {
  if (!isTransfer(operation)) return []
  const told = operation.tells[status]
  if (told) return told
  // A refusal says the version of tus as well.
  if (!operation.givesBytes)
    return [
      ...(['Tus-Resumable', 'Cache-Control'] as const),
      ...(status === 409 ? (['Upload-Offset'] as const) : []),
      ...(status === 412 ? (['Tus-Version'] as const) : []),
    ]
  return status === 416 ? (Object.values(operation.tells)[0] ?? []).concat('Content-Range') : []
}
