import { ChatError, type ChatErrorCode } from '../../core/chat.ts'

/** The `error` of an answer that is not ok. */
export interface WireError {
  readonly code: number
  readonly message: string
}

/** Refusals of the dialect itself, before the core is asked. */
export const REFUSALS = {
  invalidData: { code: 400, message: 'Invalid data.' },
  malformedRegister: { code: 400, message: 'Malformed register_user request' },
  malformedLogin: { code: 400, message: 'Malformed login_user request' },
  /** Also the refusal of `/get-room-history`: clients know it so. */
  malformedSend: { code: 400, message: 'Malformed send_message request' },
  unknownUser: { code: 400, message: 'Unknown user' },
  crossSiteForm: { code: 403, message: 'Forms of other sites are not taken.' },
  notFound: { code: 404, message: 'Not found.' },
  methodNotAllowed: { code: 405, message: 'Method not allowed.' },
} as const satisfies Readonly<Record<string, WireError>>

const TOO_MANY: WireError = { code: 429, message: 'Too many requests.' }
const UNDELIVERABLE: WireError = { code: 403, message: 'This message can not be delivered.' }
export const INTERNAL: WireError = { code: 500, message: 'Internal server error.' }

const ANSWERS: Readonly<Record<ChatErrorCode, WireError>> = {
  name_taken: { code: 400, message: 'User already exists' },
  name_refused: REFUSALS.malformedRegister,
  password_refused: { code: 400, message: 'Password is too short or too common' },
  registration_closed: REFUSALS.malformedRegister,
  email_taken: { code: 400, message: 'User already exists' },
  wrong_credentials: { code: 400, message: 'Login or password is invalid' },
  unknown_account: REFUSALS.unknownUser,
  unknown_conversation: { code: 404, message: 'Unknown room' },
  not_a_member: { code: 404, message: 'Unknown room' },
  message_refused: UNDELIVERABLE,
  message_too_long: REFUSALS.malformedSend,
  settings_too_long: REFUSALS.malformedSend,
  precondition_failed: REFUSALS.malformedSend,
  forbidden: UNDELIVERABLE,
  conflict: TOO_MANY,
  rate_limited: TOO_MANY,
  busy: TOO_MANY,
  unavailable: INTERNAL,
  outcome_unknown: { code: 500, message: 'Internal server error: it is not known whether this was stored.' },
  // Nothing of this dialect asks for what these refuse.
  unknown_message: REFUSALS.invalidData,
  reaction_refused: REFUSALS.invalidData,
  idempotency_key_reused: INTERNAL,
  unknown_file: REFUSALS.invalidData,
  thread_refused: REFUSALS.invalidData,
  unknown_reply: REFUSALS.invalidData,
  not_the_owner: REFUSALS.invalidData,
  with_yourself: REFUSALS.invalidData,
  already_a_contact: REFUSALS.invalidData,
  conversation_name_taken: REFUSALS.invalidData,
}

/** An expected refusal in the dialect's own words. */
export class Refusal extends Error {
  readonly answer: WireError

  constructor(answer: WireError) {
    super(answer.message)
    this.answer = answer
  }
}

/** Undefined for a bug. */
export function answerTo(error: unknown): WireError | undefined {
  if (error instanceof Refusal) return error.answer
  if (error instanceof ChatError) return ANSWERS[error.code]
  return undefined
}
