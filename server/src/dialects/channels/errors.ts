import { ChatError, type ChatErrorCode, type ChatErrorDetails, faultWords } from '../../core/chat.ts'

export interface WireAnswer {
  readonly status: number
  readonly body: object
}

/** A refusal of the dialect itself, in its own words. */
export class Refusal extends Error {
  readonly answer: WireAnswer

  constructor(answer: WireAnswer) {
    super('refused')
    this.answer = answer
  }
}

const failure = (status: number, message: string): WireAnswer => ({
  status,
  body: { status: 'error', message },
})
/** Tokens are refused in the words of the library that clients of this dialect know. */
const tokenFailure = (status: number, msg: string): WireAnswer => ({ status, body: { msg } })

export const malformed = (message: string): Refusal => new Refusal(failure(400, message))

export const NOT_THE_CALLER = failure(403, 'from_user is not you')
export const NOT_A_PARTICIPANT = failure(403, 'You are not part of this channel')
export const NOT_YOURS_TO_SUBSCRIBE = failure(403, 'You may not subscribe to this channel')
export const UNKNOWN_CHANNEL = failure(404, 'No such channel')
const UNKNOWN_USER = failure(404, 'No such user')
export const CROSS_SITE_FORM = failure(403, 'Forms of other sites are not taken')
export const NOT_FOUND = failure(404, 'Not found')
export const METHOD_NOT_ALLOWED = failure(405, 'Method not allowed')
export const INTERNAL = failure(500, 'Internal server error')

export const TOKEN_MISSING = tokenFailure(401, 'Missing Authorization Header')
export const TOKEN_EXPIRED = tokenFailure(401, 'Token has expired')
export const TOKEN_REVOKED = tokenFailure(401, 'Token has been revoked')
export const TOKEN_MALFORMED = tokenFailure(422, "Bad Authorization header. Expected value 'Bearer <JWT>'")
export const TOKEN_INVALID = tokenFailure(422, 'Signature verification failed')

const NOTHING_ASKED = failure(400, 'Invalid request')

const UNDELIVERABLE = failure(403, 'This message can not be delivered')

const refusedName = (details: ChatErrorDetails): WireAnswer => {
  const words = faultWords(details)
  return failure(400, words ? `username must be without ${words}` : 'username must be a non-empty text')
}

const refusedPassword = ({ fault, minLength }: ChatErrorDetails): WireAnswer =>
  failure(
    400,
    fault === 'short' ? `password must have at least ${minLength} characters` : 'password is too common',
  )

const ANSWERS: Readonly<Record<ChatErrorCode, WireAnswer | ((details: ChatErrorDetails) => WireAnswer)>> = {
  // Clients of this dialect tell success from failure by the body here, not by the code.
  name_taken: failure(200, 'Could not add user'),
  name_refused: refusedName,
  password_refused: refusedPassword,
  email_taken: failure(200, 'Could not add user'),
  registration_closed: failure(200, 'Could not add user'),
  wrong_credentials: { status: 401, body: { status: 'failed', message: 'Failed getting user' } },
  unknown_account: UNKNOWN_USER,
  unknown_conversation: UNKNOWN_CHANNEL,
  not_a_member: NOT_A_PARTICIPANT,
  with_yourself: failure(400, 'to_user is you'),
  message_refused: UNDELIVERABLE,
  message_too_long: failure(400, 'message is too long'),
  settings_too_long: failure(400, 'settings are too long'),
  precondition_failed: failure(412, 'message was changed meanwhile'),
  forbidden: UNDELIVERABLE,
  conflict: failure(429, 'Too many requests'),
  rate_limited: failure(429, 'Too many requests'),
  busy: failure(429, 'Too many requests'),
  unavailable: failure(503, 'Temporarily unavailable'),
  outcome_unknown: failure(500, 'It is not known whether this was stored'),
  // Nothing of this dialect asks for what these refuse.
  unknown_message: NOTHING_ASKED,
  reaction_refused: NOTHING_ASKED,
  idempotency_key_reused: NOTHING_ASKED,
  unknown_file: NOTHING_ASKED,
  thread_refused: NOTHING_ASKED,
  unknown_reply: NOTHING_ASKED,
  not_the_owner: NOTHING_ASKED,
  already_a_contact: NOTHING_ASKED,
  conversation_name_taken: NOTHING_ASKED,
}

/** Undefined for a bug. */
export function answerTo(error: Error): WireAnswer | undefined {
  if (error instanceof Refusal) return error.answer
  if (!(error instanceof ChatError)) return undefined
  const answer = ANSWERS[error.code]
  return typeof answer === 'function' ? answer(error.details) : answer
}

/** The answer when the HTTP parser refused: a body too large, a length that lies, a media type that is none. */
export const unreadable = (status: number): WireAnswer =>
  failure(status, status === 413 ? 'The request is too large' : 'Unreadable request')
