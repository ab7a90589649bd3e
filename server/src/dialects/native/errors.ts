import {
  ChatError,
  type ChatErrorCode,
  type ChatErrorDetails,
  faultWords,
  toAccountId,
} from '../../core/chat.ts'
import { retryAfterOf } from '../rate-limit.ts'
import { accountName } from './names.ts'
import { invalid, Refusal } from './refusal.ts'

/** Close codes of the socket: 4000 to 4099 do not come back, 4100 to 4199 with back-off, 4200 to 4299 at once. */
export const CLOSE = {
  badFrame: { code: 4000, reason: 'bad_frame' },
  notAuthorized: { code: 4001, reason: 'not_authorized' },
  revoked: { code: 4002, reason: 'revoked' },
  helloExpected: { code: 4003, reason: 'hello_expected' },
  slow: { code: 4101, reason: 'slow' },
  failed: { code: 4102, reason: 'failed' },
  unavailable: { code: 4103, reason: 'unavailable' },
  rateLimited: { code: 4104, reason: 'rate_limited' },
  goingAway: { code: 4200, reason: 'going_away' },
} as const

type Refusing = (details: ChatErrorDetails, error: ChatError) => Refusal

const plain =
  (code: Refusal['code']): Refusing =>
  () =>
    new Refusal(code)

const notFound = plain('not_found')

/** The field of a request's body that each name of the core is in. */
const NAME_FIELDS: Readonly<Record<string, string>> = {
  username: '#/username',
  displayName: '#/displayName',
  conversationName: '#/name',
  topic: '#/topic',
}

function nameRefused(details: ChatErrorDetails): Refusal {
  const words = faultWords(details)
  const detail = words === undefined ? 'must not be blank' : `must be without ${words}`
  return invalid({ pointer: NAME_FIELDS[String(details.field)] ?? '#', detail })
}

function passwordRefused({ fault, minLength }: ChatErrorDetails): Refusal {
  const detail =
    fault === 'short' ? `must have at least ${minLength} characters` : 'is one of the commonest passwords'
  return invalid({ pointer: '#/password', detail })
}

function forbidden({ maxMembers, ...details }: ChatErrorDetails): Refusal {
  if (maxMembers !== undefined)
    return new Refusal('forbidden', { detail: `The conversation has more than ${maxMembers} members.` })
  const detail = FORBIDDEN.find(([name]) => name in details)?.[1]
  return new Refusal('forbidden', detail === undefined ? {} : { detail })
}

/** Sentences for the details of the core's refusal. */
const FORBIDDEN = [
  ['isForAdmins', 'Only an administrator of this server may do this.'],
  ['isAboutAdmin', 'An administrator is a matter of the operator: parlance accounts revoke-admin.'],
  [
    'needsBackUpDirectory',
    'This server has no place for back-ups: its operator names one by BACKUP_DIR, and starts it again.',
  ],
  ['isLasting', 'A guest goes by itself, and a deleted account is gone already.'],
  ['isPrivate', 'A private conversation stays its pair’s.'],
] as const

function unknownAccount({ accountId }: ChatErrorDetails): Refusal {
  if (typeof accountId !== 'number') return new Refusal('not_found')
  const detail = `There is no account ${accountName(toAccountId(accountId))} that you may see.`
  return new Refusal('not_found', { detail })
}

function reactionRefused({ key, maxBytes }: ChatErrorDetails): Refusal {
  if (key !== undefined)
    return invalid({ pointer: '{key}', detail: 'must be other than . and .., which no path can end with' })
  if (maxBytes !== undefined)
    return invalid({ pointer: '{key}', detail: `must have 1 to ${maxBytes} bytes of UTF-8` })
  return new Refusal('conflict', { detail: 'The message has as many different reactions as it may have.' })
}

const waiting =
  (code: 'rate_limited' | 'busy' | 'unavailable'): Refusing =>
  (_details, error) =>
    new Refusal(code, { headers: { 'retry-after': String(retryAfterOf(error)) } })

const BACK_UP_RUNNING = 'A back-up runs already: GET /v1/admin/backup tells how far it is.'

const REFUSALS: Readonly<Record<ChatErrorCode, Refusing>> = {
  name_taken: plain('name_taken'),
  name_refused: nameRefused,
  email_taken: plain('email_taken'),
  registration_closed: plain('registration_closed'),
  password_refused: passwordRefused,
  wrong_credentials: plain('wrong_credentials'),
  unknown_account: unknownAccount,
  unknown_conversation: notFound,
  unknown_message: notFound,
  unknown_reply: () => invalid({ pointer: '#/replyTo', detail: 'is no message of this conversation' }),
  unknown_file: ({ fileId }) =>
    new Refusal('not_found', {
      detail: `f_${fileId} is no complete upload of yours that hangs on no message yet.`,
    }),
  not_a_member: plain('not_a_member'),
  not_the_owner: plain('not_the_owner'),
  with_yourself: plain('with_yourself'),
  already_a_contact: plain('already_a_contact'),
  conversation_name_taken: plain('conversation_name_taken'),
  message_refused: plain('message_refused'),
  message_too_long: ({ maxBytes }) =>
    new Refusal('message_too_long', { detail: `The text has more than ${maxBytes} bytes of UTF-8.` }),
  settings_too_long: ({ maxBytes }) =>
    invalid({ pointer: '#/settings', detail: `has more than ${maxBytes} bytes of JSON` }),
  idempotency_key_reused: plain('idempotency_key_reused'),
  precondition_failed: plain('precondition_failed'),
  forbidden,
  reaction_refused: reactionRefused,
  thread_refused: () =>
    invalid({ pointer: '#/thread', detail: 'is no message that a thread can begin with' }),
  conflict: ({ isBackUpRunning }) =>
    new Refusal('conflict', isBackUpRunning === true ? { detail: BACK_UP_RUNNING } : {}),
  rate_limited: waiting('rate_limited'),
  busy: waiting('busy'),
  unavailable: waiting('unavailable'),
  outcome_unknown: plain('outcome_unknown'),
}

/** The refusal that a client gets for an error; undefined when it is a bug. */
export function refusalFor(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof ChatError) return REFUSALS[error.code](error.details, error)
  return frameworkRefusal(error)
}

/** Errors of Fastify's reading of a body, known by their status. */
function frameworkRefusal(error: unknown): Refusal | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  if (status === 413) return new Refusal('payload_too_large')
  if (status === 415) return new Refusal('unsupported_media_type')
  const isTheirs = typeof status === 'number' && status >= 400 && status < 500
  return isTheirs ? new Refusal('invalid_request', { detail: 'The body cannot be read.' }) : undefined
}
