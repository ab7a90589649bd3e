import type { JsonSchema } from './json-schema.ts'

/** A header that a request may have. */
export interface RequestHeader {
  readonly name: string
  readonly description: string
  readonly schema: JsonSchema
  readonly required?: true
}

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
  ETag: text("The version of a message, or the SHA-256 of a file's content, in quotes.", '^"[\\da-f]+"$'),
  'Set-Cookie': text('With `cookie: true`: the session, for this browser only.'),
  'Tus-Resumable': text('The version of tus that the server speaks.'),
  'Tus-Version': text('The versions of tus that the server speaks.'),
  'Upload-Offset': {
    description: 'Bytes of the file that the server has.',
    schema: { type: 'integer', minimum: 0 },
  },
  'Upload-Length': { description: 'Bytes of the whole file.', schema: { type: 'integer', minimum: 0 } },
  'Upload-Expires': text('The time at which it goes if nobody goes on with it, and no message has it.'),
  'Accept-Ranges': text('`bytes`: parts of it may be asked for.'),
  'Content-Range': text('Which bytes of how many these are.'),
  'Content-Disposition': text('Whether a browser may show it, and its name.'),
  'Content-Security-Policy': text('Forbids a browser whatever a file could do.'),
  'Cross-Origin-Resource-Policy': text('Which pages may show it.'),
  'Referrer-Policy': text('`no-referrer`: its address is told to nobody.'),
  'X-Content-Type-Options': text('`nosniff`: it is what its media type says.'),
  'Cache-Control': text('How long a copy of it may be kept.'),
  'WWW-Authenticate': text('`Bearer`: the credential that is asked for.'),
} as const

export type HeaderName = keyof typeof RESPONSE_HEADERS
