import { ChatError, type ChatErrorCode, type ChatErrorDetails, faultWords } from '../../core/chat.ts'
import { retryAfterOf } from '../rate-limit.ts'
import type { WireAnswer } from './wire.ts'

// `Error` and `error`: the documentation has both, each in its place.

export const nameNotFound: WireAnswer = {
  event: 'name_not_found',
  payload: { Error: 'User could not be found.' },
}

const groupAlreadyCreated: WireAnswer = {
  event: 'group_already_created',
  payload: { Error: 'Group has already been created.' },
}

export const joinError: WireAnswer = { event: 'join_error', payload: { error: 'Group Not Found!' } }

export const leaveError = (
  error: 'User Not Found!' | 'Group Not Found!' | 'User not in group',
): WireAnswer => ({
  event: 'leave_error',
  payload: { error },
})

export const groupNotFound: WireAnswer = {
  event: 'group_not_found',
  payload: { Error: 'Group that user selects can not be found.' },
}

/** The other documented spelling of the same event. */
export const groupNotFoundSpaced: WireAnswer = { ...groupNotFound, event: 'group not found' }

export const alreadyInTheGroup: WireAnswer = {
  event: 'already_in_the_group',
  payload: { Error: 'User is already in selected chatroom.' },
}

export const groupNotJoin: WireAnswer = { event: 'group_not_join', payload: null }

export const userNotAuthorized = (
  why: 'Password required.' | 'Not your username.' | 'Guests are turned off.' | 'Logged out.',
): WireAnswer => ({ event: 'user_not_authorized', payload: { Error: why } })

export const invalidRequest = (why: string): WireAnswer => ({
  event: 'invalid_request',
  payload: { Error: why },
})

const rateLimited = (retryAfter: number): WireAnswer => ({
  event: 'rate_limited',
  payload: { Error: 'Too many requests.', retry_after: retryAfter },
})

/** A refusal that is answered with these very words. */
export class Refusal extends Error {
  readonly answer: WireAnswer

  constructor(answer: WireAnswer) {
    super(answer.event)
    this.answer = answer
  }
}

function nameRefused(details: ChatErrorDetails): WireAnswer {
  const field = details.field === 'conversationName' ? 'group_name' : 'username'
  const words = faultWords(details)
  return invalidRequest(words ? `${field} must be without ${words}.` : `${field} must not be blank.`)
}

const undeliverable = invalidRequest('This message can not be delivered.')

const failed = 'The request could not be carried out. Please try again later.'

// Many of these a request here cannot lead to; they are answered nevertheless.
const ANSWERS: Readonly<Record<ChatErrorCode, (error: ChatError) => WireAnswer>> = {
  name_taken: () => userNotAuthorized('Password required.'),
  name_refused: ({ details }) => nameRefused(details),
  password_refused: () => invalidRequest('The password is too short or too common.'),
  email_taken: () => userNotAuthorized('Password required.'),
  registration_closed: () => userNotAuthorized('Guests are turned off.'),
  wrong_credentials: () => userNotAuthorized('Password required.'),
  unknown_account: () => nameNotFound,
  unknown_conversation: () => groupNotFound,
  unknown_message: () => invalidRequest('Message could not be found.'),
  unknown_reply: () => invalidRequest('Message could not be found.'),
  not_a_member: () => groupNotFound,
  not_the_owner: () => invalidRequest('Not your message.'),
  with_yourself: () => invalidRequest('That is you.'),
  already_a_contact: () => invalidRequest('Already a contact.'),
  conversation_name_taken: () => groupAlreadyCreated,
  message_refused: () => undeliverable,
  message_too_long: ({ details }) => invalidRequest(`text must have at most ${details.maxBytes} bytes.`),
  settings_too_long: ({ details }) => invalidRequest(`settings must have at most ${details.maxBytes} bytes.`),
  precondition_failed: () => invalidRequest('the message was changed meanwhile.'),
  forbidden: () => undeliverable,
  conflict: () => rateLimited(1),
  reaction_refused: () => invalidRequest('This reaction can not be taken.'),
  idempotency_key_reused: () => invalidRequest('This key was of another request.'),
  unknown_file: () => invalidRequest('This file cannot be attached.'),
  thread_refused: () => invalidRequest('This message begins no thread.'),
  rate_limited: (error) => rateLimited(retryAfterOf(error)),
  busy: () => rateLimited(1),
  unavailable: () => invalidRequest(failed),
  outcome_unknown: () => invalidRequest('It is not known whether the request was carried out.'),
}

/** The answer to the asking socket for an error. `isBug` when nobody expected it. */
export function answerTo(error: unknown): { readonly answer: WireAnswer; readonly isBug: boolean } {
  if (error instanceof Refusal) return { answer: error.answer, isBug: false }
  if (error instanceof ChatError) return { answer: ANSWERS[error.code](error), isBug: false }
  return { answer: invalidRequest(failed), isBug: true }
}
