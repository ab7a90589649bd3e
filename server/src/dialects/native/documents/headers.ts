import type { Operation } from '@parlance/protocol'
import type { JsonSchema } from './json-schema.ts'

interface RequestHeader {
  readonly name: string
  readonly description: string
  readonly schema: JsonSchema
  readonly isHeeded: (operation: Operation) => boolean
}

export const REQUEST_HEADERS: readonly RequestHeader[] = [
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

const text = (description: string, pattern?: string) => ({
  description,
  schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
})

/** Every header that an answer may have, for the document's components. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': text("The request's id, which a problem's `instance` and the server's log have too."),
  'RateLimit-Policy': text(
    'The limit that this request counts for (IETF draft 11): its name, the quota `q` and the seconds `w` in which it fills. Absent where the server has no limits.',
  ),
  RateLimit: text(
    'Requests that are left of that quota (`r`), and the seconds (`t`) until all of it is there.',
  ),
  'Retry-After': {
    description: 'Seconds to wait before asking again.',
    schema: { type: 'integer', minimum: 1 },
  },
  Location: text('The path of what was made.', '^/v1/'),
  ETag: text("The message's version, in quotes.", '^"\\d+"$'),
  'Set-Cookie': text('With `cookie: true`: the session, for this browser only.'),
  'WWW-Authenticate': text('`Bearer`: the credential that is asked for.'),
} as const

type HeaderName = keyof typeof RESPONSE_HEADERS

/** References to the headers that the operation's answers of that status may have. */
export function responseHeadersOf(
  { body, hasEtag }: Operation,
  status: number,
): Record<string, { $ref: string }> {
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
  ]
  return Object.fromEntries(
    names.flatMap((name) => (name ? [[name, { $ref: `#/components/headers/${name}` }] as const] : [])),
  )
}
