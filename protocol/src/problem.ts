import type { Static } from 'typebox'
import { growing } from './shapes.ts'
import { Type } from './type.ts'

interface ProblemKind {
  readonly status: number
  /** One sentence for a person, of the kind and not of the case. */
  readonly title: string
  /** Whether the same request may succeed later. */
  readonly retryable?: true
}

/** Every refusal, by its code. `type` of a problem is the path of its documentation. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request has a field that cannot be used.' },
  with_yourself: { status: 400, title: 'Another account is needed than your own.' },
  not_authorized: { status: 401, title: 'A valid session is needed.' },
  wrong_credentials: { status: 401, title: 'The login or the password is wrong.' },
  forbidden: { status: 403, title: 'Your role here does not allow this.' },
  message_refused: { status: 403, title: 'This conversation does not take messages from you.' },
  not_the_owner: { status: 403, title: 'Only its sender may do this to a message.' },
  cross_site: { status: 403, title: "A page of another site may not use this browser's session." },
  registration_closed: { status: 403, title: 'This server takes no new accounts.' },
  not_found: { status: 404, title: 'There is nothing here that you may see.' },
  not_a_member: { status: 404, title: 'You are not a member of this conversation.' },
  method_not_allowed: { status: 405, title: 'This path does not know that method.' },
  conflict: {
    status: 409,
    title: 'Something else was changed at the same time, or exists already.',
    retryable: true,
  },
  idempotency_key_reused: { status: 409, title: 'This Idempotency-Key was used for another request.' },
  idempotency_key_in_use: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running.',
    retryable: true,
  },
  client_id_reused: { status: 409, title: 'This clientId was used in another conversation.' },
  upload_elsewhere: {
    status: 409,
    title: 'The upload does not stand at this offset: ask where it does.',
    retryable: true,
  },
  name_taken: { status: 409, title: 'Another account has this name.' },
  email_taken: { status: 409, title: 'Another account has this e-mail address.' },
  conversation_name_taken: { status: 409, title: 'Another open conversation has this name.' },
  already_a_contact: { status: 409, title: 'This account is a contact of yours already.' },
  precondition_failed: { status: 412, title: 'The message was changed after the version that you named.' },
  payload_too_large: { status: 413, title: 'The request is too large.' },
  quota_exceeded: { status: 413, title: 'Your files would take more room than you have.' },
  message_too_long: { status: 413, title: 'The text of the message is too long.' },
  range_not_satisfiable: { status: 416, title: 'The file has no such part.' },
  upload_locked: {
    status: 423,
    title: 'Another request is sending bytes of this upload.',
    retryable: true,
  },
  unsupported_media_type: { status: 415, title: 'The body must be JSON, as application/json.' },
  rate_limited: { status: 429, title: 'Too many requests: wait as Retry-After says.', retryable: true },
  internal_error: { status: 500, title: 'The server failed, and its log says why.' },
  outcome_unknown: {
    status: 500,
    title: 'It is not known whether this was stored. Ask before you send it again.',
  },
  busy: { status: 503, title: 'The server has too much to do.', retryable: true },
  unavailable: { status: 503, title: 'The database does not answer.', retryable: true },
} as const satisfies Readonly<Record<string, ProblemKind>>

export type ProblemCode = keyof typeof PROBLEMS

export const problemKind = (code: ProblemCode): ProblemKind => PROBLEMS[code]

/** Entries of one problem: more help nobody. */
export const MAX_FAULTS = 100

export const Fault = growing({
  pointer: Type.String({
    title:
      'A JSON pointer into the body, as a fragment (`#/members/0`); `?name` for the query, `{name}` for the path',
  }),
  detail: Type.String(),
})

/** RFC 9457. */
export const Problem = growing(
  {
    type: Type.String({ title: "The path of this kind's documentation" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    // Not an enum: clients must expect codes that later versions add.
    code: Type.String({ title: 'The kind, for programs', examples: Object.keys(PROBLEMS) }),
    retryable: Type.Boolean({ title: 'Whether the same request may succeed later' }),
    instance: Type.String({ title: "The request's id, as in X-Request-Id and in the server's log" }),
    errors: Type.Optional(Type.Array(Fault, { maxItems: MAX_FAULTS })),
  },
  'A refusal (RFC 9457)',
)

export type Fault = Static<typeof Fault>
export type Problem = Static<typeof Problem>
