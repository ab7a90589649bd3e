/** Every reason for which the core refuses. A closed list: each dialect answers each code in its own form. */
export const CHAT_ERROR_CODES = [
  'name_taken',
  'name_refused',
  'email_taken',
  'registration_closed',
  'password_refused',
  'wrong_credentials',
  'unknown_account',
  'unknown_conversation',
  'unknown_message',
  'unknown_reply',
  'unknown_file',
  'not_a_member',
  'not_the_owner',
  'with_yourself',
  'already_a_contact',
  'conversation_name_taken',
  'message_refused',
  'message_too_long',
  'settings_too_long',
  'precondition_failed',
  'idempotency_key_reused',
  'forbidden',
  'reaction_refused',
  'thread_refused',
  'conflict',
  'rate_limited',
  'busy',
  'unavailable',
  'outcome_unknown',
] as const

export type ChatErrorCode = (typeof CHAT_ERROR_CODES)[number]

export type ChatErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** An expected refusal. A bug is any other error. */
export class ChatError extends Error {
  readonly code: ChatErrorCode
  readonly details: ChatErrorDetails

  constructor(code: ChatErrorCode, details: ChatErrorDetails = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.details = details
  }
}

/** The store could not do what was asked, or nobody knows whether it has. */
export const isStoreFailure = (error: unknown): boolean =>
  error instanceof ChatError && (error.code === 'unavailable' || error.code === 'outcome_unknown')
