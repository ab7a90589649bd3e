import assert from 'node:assert/strict'
import type { Answer, Participant, Person } from './messenger-client.ts'

/** The body of an error of the dialect's own. */
export const ownError = (
  status: number,
  code: string,
  message: string,
  errors?: Record<string, string>,
): object => ({ status_code: status, details: { message, code, ...(errors && { errors }) } })

export const NOT_AUTHORIZED = ownError(401, 'NOT_AUTHORIZED', 'Could not validate credentials')
export const NO_CHAT = ownError(404, 'CHAT_DOES_NOT_EXIST', "This chat doesn't exist.")
export const NO_USER = ownError(400, 'USER_NOT_EXISTS', 'User with given ID does not exist', {
  with_user_id: 'User with given ID does not exist',
})
export const CHAT_EXISTS = ownError(
  403,
  'CHAT_EXISTS',
  'A private chat with this person already exists. You can not create another one.',
)
export const WITH_YOURSELF = ownError(400, 'CHAT_WITH_YOURSELF', 'You can not create a chat with yourself', {
  with_user_id: 'You can not create a chat with yourself',
})
export const NO_MESSAGE = ownError(404, 'MESSAGE_DOES_NOT_EXIST', "Message doesn't exist.")

export const NOT_FOUND = { detail: 'Not Found' }
export const WRONG_METHOD = { detail: 'Method Not Allowed' }

export const is = ({ status, body }: Answer<unknown>, expected: number, wanted: object): void =>
  assert.deepEqual({ status, body }, { status: expected, body: wanted })

export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/
export const participant = ({ id, username }: Person): Participant => ({ id, username })

export type Loc = (string | number)[]
export const missing = (...loc: Loc) => ({ loc, msg: 'field required', type: 'value_error.missing' })
export const isNull = (...loc: Loc) => ({
  loc,
  msg: 'none is not an allowed value',
  type: 'type_error.none.not_allowed',
})
export const notText = (...loc: Loc) => ({ loc, msg: 'str type expected', type: 'type_error.str' })
export const notInteger = (...loc: Loc) => ({
  loc,
  msg: 'value is not a valid integer',
  type: 'type_error.integer',
})
export const unclean = (...loc: Loc) => ({
  loc,
  msg: 'text has a NUL or a lone surrogate',
  type: 'value_error',
})
export const notDict = { loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' }
export const empty = (...loc: Loc) => ({
  loc,
  msg: 'ensure this value has at least 1 characters',
  type: 'value_error.any_str.min_length',
  ctx: { limit_value: 1 },
})
export const tooLong = (limit: number, ...loc: Loc) => ({
  loc,
  msg: `ensure this value has at most ${limit} characters`,
  type: 'value_error.any_str.max_length',
  ctx: { limit_value: limit },
})
export const tooSmall = (...loc: string[]) => ({
  loc,
  msg: 'ensure this value is greater than or equal to 1',
  type: 'value_error.number.not_ge',
  ctx: { limit_value: 1 },
})
