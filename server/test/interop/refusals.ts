import type { DialectName } from '../../src/dialects/index.ts'
import { Refused } from '../support/clients/index.ts'

/** A server's answer in each dialect, word for word. */
type Answers = Readonly<Record<DialectName, unknown>>

const roomsError = (code: number, message: string) => ({ ok: false, error: { code, message } })
const messengerError = (status: number, details: object) => ({
  status,
  body: { status_code: status, details },
})

/** Without its instance, which is another one for every request. */
const problem = (status: number, code: string, detail: string, more: object = {}) => ({
  status,
  body: {
    type: `/docs/problems/${code}`,
    ...{ title: detail, status, detail, code, retryable: false },
    ...more,
  },
})

/** A refusal of one field, by its pointer. */
export const fieldRefused = (pointer: string, detail: string) =>
  problem(400, 'invalid_request', `${pointer} ${detail}`, {
    title: 'The request has a field that cannot be used.',
    errors: [{ pointer, detail }],
  })

const PASSWORD_REQUIRED = ['user_not_authorized', { Error: 'Password required.' }]

/** To `register`, when somebody has the name. */
export const NAME_TAKEN: Answers = {
  rooms: roomsError(400, 'User already exists'),
  chatapp: { status: 409, text: 'username already exists' },
  groups: PASSWORD_REQUIRED,
  messenger: messengerError(400, {
    message: 'This user already exists.',
    code: 'USER_EXISTS',
    errors: { username: 'This user already exists.' },
  }),
  channels: { status: 200, body: { status: 'error', message: 'Could not add user' } },
  native: problem(409, 'name_taken', 'Another account has this name.'),
}

/** Answers to `register` for a name with `words`, which none may have; without words, for one with nothing to see. */
export const nameRefused = (words: string | undefined): Answers => ({
  rooms: roomsError(400, 'Malformed register_user request'),
  chatapp: {
    status: 400,
    text: words ? `username should be without ${words}` : 'username should not be empty',
  },
  groups: [
    'invalid_request',
    { Error: words ? `username must be without ${words}.` : 'username must not be blank.' },
  ],
  messenger: {
    status: 422,
    body: {
      detail: [
        words
          ? { loc: ['body', 'username'], msg: `text must be without ${words}`, type: 'value_error' }
          : {
              loc: ['body', 'username'],
              msg: 'ensure this value has at least 1 characters',
              type: 'value_error.any_str.min_length',
              ctx: { limit_value: 1 },
            },
      ],
    },
  },
  channels: {
    status: 400,
    body: {
      status: 'error',
      message: words ? `username must be without ${words}` : 'username must be a non-empty text',
    },
  },
  native: fieldRefused('#/username', words ? `must be without ${words}` : 'must not be blank'),
})

/** To a log-in with a wrong password, or under the name of a guest, who has none. */
export const WRONG_PASSWORD: Answers = {
  rooms: roomsError(400, 'Login or password is invalid'),
  chatapp: { status: 401, text: 'mismatch username and password' },
  groups: PASSWORD_REQUIRED,
  messenger: messengerError(400, {
    message: 'Wrong login credential, try again.',
    code: 'WRONG_CREDENTIALS',
    errors: {
      usernameOrEmail: 'Wrong login credential, try again.',
      password: 'Wrong login credential, try again.',
    },
  }),
  channels: { status: 401, body: { status: 'failed', message: 'Failed getting user' } },
  native: problem(401, 'wrong_credentials', 'The login or the password is wrong.'),
}

/** To a send into a private conversation whose other member has blocked the sender. */
export const MESSAGE_REFUSED: Answers = {
  rooms: roomsError(403, 'This message can not be delivered.'),
  chatapp: { success: false, type: 'send_message', error: 'message can not be delivered' },
  groups: ['invalid_request', { Error: 'This message can not be delivered.' }],
  messenger: messengerError(403, {
    message: 'This message can not be delivered.',
    code: 'MESSAGE_REFUSED',
  }),
  channels: [403, { status: 'error', message: 'This message can not be delivered' }],
  native: problem(403, 'message_refused', 'This conversation does not take messages from you.'),
}

/** The server's refusal; undefined when the request was carried out. */
export async function refusalOf(asking: Promise<unknown>): Promise<unknown> {
  try {
    await asking
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}
