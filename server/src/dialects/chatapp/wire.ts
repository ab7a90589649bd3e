import { Json } from '../../answers/index.ts'
import type { Account, AuthoredMessage, Conversation, Member } from '../../core/chat.ts'
import { secondsOf } from '../../lib/clock.ts'
import { isJsonObject, type JsonObject, parseJson, parseUtf8 } from '../../lib/json.ts'
import { namesToTell } from '../rate-limit.ts'

export const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

/** An HTTP body's fields; undefined for what is not JSON or has none. An empty list counts as no fields given. */
export function parseBody(body: Buffer | undefined): JsonObject | undefined {
  const text = body && parseUtf8(body)
  const value = text === undefined ? undefined : parseJson(text)
  if (isJsonObject(value)) return value
  return Array.isArray(value) && value.length === 0 ? {} : undefined
}

/** A frame's fields; undefined for what is not a JSON object. */
export function parseEvent(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

export const success = (type: string, data: unknown): string =>
  data instanceof Json
    ? `{"success":true,"type":${JSON.stringify(type)},"data":${data.text}}`
    : JSON.stringify({ success: true, type, data })

export const failure = (type: string, error: string): string =>
  JSON.stringify({ success: false, type, error })

export const userOf = (account: Account, isOnline: boolean) => ({
  username: account.username,
  fullname: account.displayName,
  is_online: isOnline,
  last_online: secondsOf(account.lastSeenAt),
  created_at: secondsOf(account.createdAt),
})

/** `other` is the username of a private conversation's other member, by which the viewer knows the conversation. */
export const nameOf = (
  { kind, name, gid }: Pick<Conversation, 'kind' | 'name' | 'gid'>,
  other: string | null | undefined,
): string => (kind === 'private' ? other : name) ?? gid

/** A conversation as the news of a new one shows it: the last of very many members with long names are left out. */
export function conversationOf(
  conversation: Conversation,
  members: readonly Member[],
  viewerId: Account['accountId'],
) {
  const other = members.find(({ accountId }) => accountId !== viewerId)
  return {
    id: conversation.conversationId,
    name: nameOf(conversation, other?.username),
    members: namesToTell(members.map(({ username }) => username)).names,
  }
}

export const sentMessageOf = (message: AuthoredMessage) => ({
  id: message.messageId,
  sender_username: message.sender.username,
  conversation_id: message.conversationId,
  reply_id: message.replyTo,
  content: message.body,
  sent_at: secondsOf(message.sentAt),
})

export const listedMessageOf = (message: AuthoredMessage) => ({
  id: message.messageId,
  sender_username: message.sender.username,
  reply_id: message.replyTo,
  content: message.body,
  sent_at: secondsOf(message.sentAt),
})

const COOKIE_NAME = 'login-token'

export type SameSite = 'lax' | 'strict' | 'none'

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const

export const formatCookie = (
  token: string,
  { maxAgeSeconds, sameSite }: { maxAgeSeconds: number; sameSite: SameSite },
): string =>
  `${COOKIE_NAME}=${token}; HttpOnly; Max-Age=${maxAgeSeconds}; Path=/; Secure; SameSite=${SAME_SITE[sameSite]}`

/** The token of a Cookie header; of several the first, which is the one with the most specific path. */
export function parseCookie(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals >= 0 && pair.slice(0, equals).trim() === COOKIE_NAME)
      return unquoted(pair.slice(equals + 1).trim())
  }
  return undefined
}

const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value
