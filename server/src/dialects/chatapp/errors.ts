import { ChatError, type ChatErrorCode, type ChatErrorDetails, faultWords } from '../../core/chat.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Logger } from '../../observe/index.ts'
import type { Stranger } from './credentials.ts'
import { failure } from './wire.ts'

interface WireAnswer {
  /** Over HTTP; on the WebSocket the text alone is the error. */
  readonly status: number
  readonly text: string
}

export const TOO_MANY: WireAnswer = { status: 429, text: 'too many requests' }

const passwordRefused = ({ fault, minLength }: ChatErrorDetails): WireAnswer => ({
  status: 400,
  text: `password should ${fault === 'short' ? `be at least ${minLength} characters long` : 'not be a common one'}`,
})

/** An account could not be made; this wire says no more. */
export const INSERT_FAILED: WireAnswer = { status: 500, text: 'something went wrong: insert_user' }

const UNDELIVERABLE: WireAnswer = { status: 403, text: 'message can not be delivered' }
const BUSY: WireAnswer = { status: 503, text: 'server is busy, try again later' }
const UNAVAILABLE: WireAnswer = { status: 503, text: 'server is unavailable, try again later' }

/** Worded like the checks of the same field: in one form over HTTP, in another on the WebSocket. */
function nameRefused(details: ChatErrorDetails): WireAnswer {
  const words = faultWords(details)
  if (details.field === 'conversationName')
    return { status: 400, text: `name value expected ${words ? `without ${words}` : 'as a non zero string'}` }
  const field = details.field === 'displayName' ? 'fullname' : 'username'
  return { status: 400, text: words ? `${field} should be without ${words}` : `${field} should not be empty` }
}

/** The dialect's words for each of the core's refusals, where a request has none of its own. */
const ANSWERS: Readonly<Record<ChatErrorCode, WireAnswer | ((details: ChatErrorDetails) => WireAnswer)>> = {
  name_taken: { status: 409, text: 'username already exists' },
  name_refused: nameRefused,
  password_refused: passwordRefused,
  // An email is a way to sign in elsewhere: nobody may take it for a username.
  email_taken: { status: 409, text: 'username already exists' },
  registration_closed: INSERT_FAILED,
  wrong_credentials: { status: 401, text: 'mismatch username and password' },
  unknown_account: { status: 404, text: 'no such user exists' },
  unknown_conversation: { status: 404, text: 'no such conversation exists' },
  unknown_message: { status: 404, text: 'no such message exists' },
  unknown_reply: { status: 404, text: 'no such message exists' },
  not_a_member: { status: 403, text: 'not part of the conversation' },
  not_the_owner: { status: 403, text: 'not the sender of the message' },
  with_yourself: { status: 400, text: 'cannot add itself as a contact' },
  already_a_contact: { status: 409, text: 'already a contact' },
  conversation_name_taken: { status: 409, text: 'conversation name already exists' },
  message_refused: UNDELIVERABLE,
  message_too_long: { status: 413, text: 'message content is too long' },
  settings_too_long: { status: 413, text: 'settings are too long' },
  precondition_failed: { status: 412, text: 'message was changed meanwhile' },
  forbidden: UNDELIVERABLE,
  idempotency_key_reused: { status: 409, text: 'key was of another request' },
  reaction_refused: { status: 400, text: 'reaction can not be taken' },
  unknown_file: { status: 400, text: 'file cannot be attached' },
  thread_refused: { status: 400, text: 'message begins no thread' },
  rate_limited: TOO_MANY,
  conflict: BUSY,
  busy: BUSY,
  unavailable: UNAVAILABLE,
  outcome_unknown: { status: 500, text: 'it is not known whether this was stored' },
}

export function answerTo({ code, details }: ChatError): WireAnswer {
  const answer = ANSWERS[code]
  return typeof answer === 'function' ? answer(details) : answer
}

/** A bug, told without details. */
export const BUG: WireAnswer = { status: 500, text: 'something went wrong' }

/** Close frames. Only what a client should not simply try again is 1000. */
export const CLOSE = {
  refused: 1000,
  goingAway: { code: 1001, reason: 'server is going away' },
  slow: { code: 1013, reason: 'too slow' },
  unavailable: { code: 1013, reason: UNAVAILABLE.text },
} as const

const MAX_REASON_BYTES = 123

/** Why a WebSocket is refused. A close frame has room for 123 bytes of it. */
export function closeReasonOf(stranger: Stranger): string {
  switch (stranger.kind) {
    case 'missing':
      return 'login-token required'
    case 'invalid':
      return 'invalid login-token'
    case 'gone': {
      const room = MAX_REASON_BYTES - "'' doesn't exists".length
      return `'${clipped(stranger.username, room)}' doesn't exists`
    }
    default:
      return unreachable(stranger)
  }
}

/** The longest beginning that fits, in whole characters. */
const clipped = (text: string, maxBytes: number): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true })

/** A request on the WebSocket is refused, in its own words. */
class EventRefusal extends Error {}

/** An HTTP request is refused. */
export class HttpRefusal extends Error {
  readonly status: number

  constructor(status: number, text: string, options?: ErrorOptions) {
    super(text, options)
    this.status = status
  }
}

export function refuse(text: string): never {
  throw new EventRefusal(text)
}

/** The text of a refusal; undefined for a bug. */
function textOf(error: unknown): string | undefined {
  if (error instanceof EventRefusal) return error.message
  return error instanceof ChatError ? answerTo(error).text : undefined
}

interface Failed {
  readonly name: string
  /** The connection's. */
  readonly requestId: string
  readonly log: Logger
}

/** The frame that answers a request that was refused, or failed by a bug. */
export function refusalOf(error: unknown, { name, requestId, log }: Failed): string {
  const refusal = textOf(error)
  if (refusal === undefined) log.error({ err: error, request: name, requestId }, 'request failed')
  return failure(name, refusal ?? BUG.text)
}

type Words = Partial<Record<ChatErrorCode, string | ((details: ChatErrorDetails) => string)>>

/** The core's refusal in a request's own words; any other error as it is. */
export function inWords(error: unknown, words: Words): unknown {
  if (!(error instanceof ChatError)) return error
  const text = words[error.code]
  if (text === undefined) return error
  return new EventRefusal(typeof text === 'string' ? text : text(error.details), { cause: error })
}
