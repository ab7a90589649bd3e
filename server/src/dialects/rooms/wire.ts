import type { Block } from '../../answers/index.ts'
import type { Account, AccountId, AuthoredMessage, Sender } from '../../core/chat.ts'
import { MICROS_PER_SECOND } from '../../lib/clock.ts'
import { isJsonObject, own, parseJson, parseUtf8, withoutByteOrderMark } from '../../lib/json.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'

/** The requester's account, and the secret that proved it. */
export interface Visitor {
  readonly account: Account
  readonly secret: string
}

export interface WireMessage {
  readonly sender: { readonly uuid: string; readonly username: string }
  readonly msg: { readonly msgId: number; readonly txt: string; readonly timestamp: number }
}

/** The sender's uuid stands first, so that its place in the bytes is known. */
export const wireMessage = ({ sender, messageId, body, sentAt }: AuthoredMessage): WireMessage => ({
  sender: { uuid: sender.uuid, username: sender.displayName },
  msg: { msgId: messageId, txt: body, timestamp: sentAt / MICROS_PER_SECOND },
})

/** How many bytes of a message's JSON come before its sender's uuid. */
export const UUID_OFFSET = '{"sender":{"uuid":"'.length

export const writeMessage = (message: AuthoredMessage): string => JSON.stringify(wireMessage(message))

/**
 * A block of a history as its reader sees it: the reader's own messages carry the secret by which the session knows
 * itself. The shared block is never written to: such a reader gets a copy.
 */
export function bytesFor({ account, secret }: Visitor, { bytes, senderIds, starts }: Block): Buffer {
  if (!senderIds.includes(account.accountId)) return bytes
  const own = Buffer.from(bytes)
  for (const [n, start] of starts.entries()) {
    if (senderIds[n] === account.accountId) own.write(secret, start + UUID_OFFSET, 'latin1')
  }
  return own
}

export const wireOccupant = ({ displayName, uuid }: Sender): { user: string; uuid: string } => ({
  user: displayName,
  uuid,
})

/** The owner by whom `SocketSink` shows a session its own messages. Copies the secret, not to keep its whole text. */
export const ownerOf = ({ account, secret }: Visitor): { accountId: AccountId; uuid: string } => ({
  accountId: account.accountId,
  uuid: Buffer.from(secret).toString(),
})

/** No limit in the protocol; these keep a name or password from being a document. In code points. */
const MAX_NAME_LENGTH = 255
const MAX_PASSWORD_LENGTH = 1024

export interface Registration {
  readonly login: string
  readonly password: string
  readonly username: string
}

export function parseRegistration(body: unknown): Registration | undefined {
  const login = textOf(body, 'login', MAX_NAME_LENGTH)
  const password = textOf(body, 'password', MAX_PASSWORD_LENGTH)
  const username = textOf(body, 'username', MAX_NAME_LENGTH)
  return login && password && username ? { login, password, username } : undefined
}

export type Login = Omit<Registration, 'username'>

export function parseLogin(body: unknown): Login | undefined {
  const login = textOf(body, 'login', MAX_NAME_LENGTH)
  const password = textOf(body, 'password', MAX_PASSWORD_LENGTH)
  return login && password ? { login, password } : undefined
}

/** Accepts any body: `/create-room` wants one and does not look into it. */
export const parseAnything = (): object => ({})

export interface Post {
  readonly gid: string
  readonly body: string
}

export function parsePost(given: unknown): Post | undefined {
  const gid = textOf(given, 'room_gid')
  const body = textOf(given, 'msg')
  return gid && body ? { gid, body } : undefined
}

export interface HistoryQuery {
  readonly gid: string
  /** Only messages older than this one. */
  readonly before?: number
  readonly limit?: number
}

export function parseHistoryQuery(query: unknown): HistoryQuery | undefined {
  const gid = textOf(query, 'room_gid')
  const before = countOf(query, 'before')
  const limit = countOf(query, 'limit')
  if (!gid || before === 'wrong' || limit === 'wrong') return undefined
  return { gid, ...(before !== undefined && { before }), ...(limit !== undefined && { limit }) }
}

/** The claim that opens a live connection to a room. */
export interface Pass {
  readonly secret: string
  readonly gid: string
}

export function parsePass(given: unknown): Pass | undefined {
  const secret = textOf(given, 'uuid')
  const gid = textOf(given, 'room_gid')
  return secret && gid ? { secret, gid } : undefined
}

/** The argument of Socket.IO's `auth`: the object, or a string that holds its JSON. */
export const parseAuth = (argument: unknown): Pass | undefined =>
  parsePass(typeof argument === 'string' ? parseJson(argument) : argument)

/** Undefined unless it is JSON in UTF-8. */
export function parseJsonBytes(bytes: Buffer): unknown {
  const text = parseUtf8(bytes)
  return text === undefined ? undefined : parseJson(withoutByteOrderMark(text))
}

function textOf(given: unknown, key: string, maxLength = Infinity): string | undefined {
  const text = fieldOf(given, key)
  if (typeof text !== 'string' || text === '' || !isCleanText(text)) return undefined
  return composedLength(text) <= maxLength ? text : undefined
}

function countOf(given: unknown, key: string): number | 'wrong' | undefined {
  const text = fieldOf(given, key)
  if (text === undefined) return undefined
  const count = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : 0
  return count > 0 && Number.isSafeInteger(count) ? count : 'wrong'
}

const fieldOf = (given: unknown, key: string): unknown => (isJsonObject(given) ? own(given, key) : undefined)
