import { ChatError, type ChatErrorCode, type ChatErrorDetails, faultWords } from '../../core/chat.ts'

/** An answer that is not 200. Thrown; sent by the app's error handler. */
export class Refusal extends Error {
  readonly status: number
  readonly body: object
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** One entry of a 422, in the words of pydantic 1. */
export interface Problem {
  readonly loc: Loc
  readonly msg: string
  readonly type: string
  /** The numbers in `msg`, for those who say it in another language. */
  readonly ctx?: Readonly<Record<string, string | number>>
}

/** Where it is: body, path or query, then the field, then its place in a list. */
export type Loc = readonly (string | number)[]

/** Entries of one answer: more help nobody, and a list of thousands of wrong items would have as many. */
export const MAX_PROBLEMS = 100

export const invalid = (problems: readonly Problem[]): Refusal =>
  new Refusal(422, { detail: problems.slice(0, MAX_PROBLEMS) })

export const notADict = (): Refusal =>
  invalid([{ loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' }])

/** The framework's own answers carry a plain text. */
const plainly = (status: number, detail: string): Refusal => new Refusal(status, { detail })

export const notFound = (): Refusal => plainly(404, 'Not Found')
export const methodNotAllowed = (): Refusal => plainly(405, 'Method Not Allowed')
export const unreadableBody = (): Refusal => plainly(400, 'There was an error parsing the body')

type FieldErrors = Readonly<Record<string, string>>

interface OwnError {
  readonly message: string
  readonly code: string
  readonly errors?: FieldErrors
}

const own = (status: number, details: OwnError, headers?: Readonly<Record<string, string>>): Refusal =>
  new Refusal(status, { status_code: status, details }, headers)

export const notAuthorized = (): Refusal =>
  own(
    401,
    { message: 'Could not validate credentials', code: 'NOT_AUTHORIZED' },
    { 'www-authenticate': 'Bearer' },
  )

export const alreadyAuthenticated = (): Refusal =>
  own(403, {
    message: 'You are already authenicated. You have to logout first',
    code: 'ALREADY_AUTHENICATED',
  })

export const chatExists = (): Refusal =>
  own(403, {
    message: 'A private chat with this person already exists. You can not create another one.',
    code: 'CHAT_EXISTS',
  })

export const tooManyRequests = (retryAfterSeconds: number): Refusal =>
  own(
    429,
    { message: 'Too many requests.', code: 'TOO_MANY_REQUESTS' },
    { 'retry-after': String(retryAfterSeconds) },
  )

const tooLarge = (): Refusal =>
  own(413, { message: 'The request body is too large.', code: 'BODY_TOO_LARGE' })

/** The answer to a bug; its cause is in the log only. */
export const internalError = (): Refusal =>
  own(500, { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' })

const unavailable = (): Refusal =>
  own(
    503,
    { message: 'The service is not available, try again.', code: 'SERVICE_UNAVAILABLE' },
    { 'retry-after': '1' },
  )

/** Has no `Retry-After`: a request that is sent again may be stored twice. */
const outcomeUnknown = (): Refusal =>
  own(500, { message: 'It is not known whether this was stored.', code: 'OUTCOME_UNKNOWN' })

const chatDoesNotExist = (): Refusal =>
  own(404, { message: "This chat doesn't exist.", code: 'CHAT_DOES_NOT_EXIST' })

/** Said of the request and, in the same words, of each field that is to blame. */
const blaming = (status: number, code: string, message: string, fields: readonly string[]): Refusal =>
  own(status, { message, code, errors: Object.fromEntries(fields.map((field) => [field, message])) })

const userExists = ({ fields }: ChatErrorDetails): Refusal =>
  blaming(400, 'USER_EXISTS', 'This user already exists.', Array.isArray(fields) ? fields : [])

/** Reads like a text that is too short, or that has characters which none may have. */
function nameRefused(details: ChatErrorDetails): Refusal {
  const loc = ['body', details.field === 'conversationName' ? 'name' : 'username']
  const words = faultWords(details)
  if (words) return invalid([{ loc, msg: `text must be without ${words}`, type: 'value_error' }])
  const msg = 'ensure this value has at least 1 characters'
  return invalid([{ loc, msg, type: 'value_error.any_str.min_length', ctx: { limit_value: 1 } }])
}

function passwordRefused({ fault, minLength }: ChatErrorDetails): Refusal {
  const loc = ['body', 'password']
  if (fault !== 'short') return invalid([{ loc, msg: 'password is too common', type: 'value_error' }])
  const msg = `ensure this value has at least ${minLength} characters`
  const ctx = { limit_value: Number(minLength) }
  return invalid([{ loc, msg, type: 'value_error.any_str.min_length', ctx }])
}

const wrongCredentials = (): Refusal =>
  blaming(400, 'WRONG_CREDENTIALS', 'Wrong login credential, try again.', ['usernameOrEmail', 'password'])

// The same field whether the chat is private or a group, whose ids come in another one.
const userDoesNotExist = (): Refusal =>
  blaming(400, 'USER_NOT_EXISTS', 'User with given ID does not exist', ['with_user_id'])

const withYourself = (): Refusal =>
  blaming(400, 'CHAT_WITH_YOURSELF', 'You can not create a chat with yourself', ['with_user_id'])

/** Only where an operator set the server-wide limit below what 2,047 characters can take. */
const messageTooLong = ({ maxBytes }: ChatErrorDetails): Refusal =>
  invalid([
    {
      loc: ['body', 'contents'],
      msg: `ensure this value has at most ${Number(maxBytes)} bytes`,
      type: 'value_error.any_str.max_length',
      ctx: { limit_value: Number(maxBytes) },
    },
  ])

const undeliverable = (): Refusal =>
  own(403, { message: 'This message can not be delivered.', code: 'MESSAGE_REFUSED' })

const REFUSALS: Readonly<Record<ChatErrorCode, (details: ChatErrorDetails) => Refusal>> = {
  name_taken: userExists,
  name_refused: nameRefused,
  password_refused: passwordRefused,
  email_taken: userExists,
  registration_closed: () =>
    own(403, { message: 'New users can not be registered here.', code: 'REGISTRATION_CLOSED' }),
  wrong_credentials: wrongCredentials,
  unknown_account: userDoesNotExist,
  unknown_conversation: chatDoesNotExist,
  not_a_member: chatDoesNotExist,
  unknown_message: () => own(404, { message: "Message doesn't exist.", code: 'MESSAGE_DOES_NOT_EXIST' }),
  not_the_owner: () =>
    own(403, {
      message: "You are not the owner of the message. You can't delete it.",
      code: 'NOT_THE_OWNER',
    }),
  with_yourself: withYourself,
  message_refused: undeliverable,
  forbidden: undeliverable,
  message_too_long: messageTooLong,
  settings_too_long: messageTooLong,
  rate_limited: ({ retryAfterSeconds }) => tooManyRequests(Number(retryAfterSeconds ?? 1)),
  busy: unavailable,
  conflict: unavailable,
  unavailable,
  outcome_unknown: outcomeUnknown,
  // No endpoint here names a reply, a contact, an open conversation or a request's key, edits, reacts, or answers in a
  // thread.
  unknown_reply: internalError,
  precondition_failed: internalError,
  reaction_refused: internalError,
  idempotency_key_reused: internalError,
  unknown_file: internalError,
  thread_refused: internalError,
  already_a_contact: internalError,
  conversation_name_taken: internalError,
}

/** The refusal that the client gets for an error; undefined when it is a bug. */
export function refusalFor(error: Error): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof ChatError) return REFUSALS[error.code](error.details)
  return frameworkRefusal(error)
}

/** Errors of Fastify's reading of a body, known by their status. */
function frameworkRefusal(error: Error): Refusal | undefined {
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status === 413) return tooLarge()
  // A content type that cannot even be parsed is not JSON.
  if (status === 415) return notADict()
  return status >= 400 && status < 500 ? unreadableBody() : undefined
}
