import type { Account, AuthoredMessage, Wording } from '../../core/chat.ts'
import { isCleanText } from '../../lib/text.ts'
import {
  type ChatChannel,
  type ChatPair,
  chatName,
  notificationName,
  otherOf,
  parseChatName,
} from './channel-names.ts'
import { malformed } from './errors.ts'
import { field, type Reference, referenceField, textField, type WireId, wireIdOf } from './fields.ts'

/** The names every dialect can log in with: what others may have registered is accepted at login. */
const MAX_NEW_NAME_LENGTH = 64
const MAX_NAME_LENGTH = 255
const MAX_PASSWORD_LENGTH = 2047

const SOCKET_ID = /^\d{1,20}\.\d{1,20}$/
const CHANNEL_NAME = /^[-a-zA-Z0-9_=@,.;]{1,200}$/

export interface Credentials {
  readonly username: string
  readonly password: string
}

export const parseRegistration = (body: unknown): Credentials => parseCredentials(body, MAX_NEW_NAME_LENGTH)
export const parseLogin = (body: unknown): Credentials => parseCredentials(body, MAX_NAME_LENGTH)

const parseCredentials = (body: unknown, maxNameLength: number): Credentials => ({
  username: textField(body, 'username', maxNameLength),
  password: textField(body, 'password', MAX_PASSWORD_LENGTH),
})

export interface ChatRequest {
  readonly from: Reference
  readonly to: Reference
}

export const parseChatRequest = (body: unknown): ChatRequest => ({
  from: referenceField(body, 'from_user'),
  to: referenceField(body, 'to_user'),
})

export interface Posting extends ChatRequest {
  readonly message: string
  readonly channel: ChannelReference
}

export const parsePosting = (body: unknown): Posting => ({
  ...parseChatRequest(body),
  message: textField(body, 'message'),
  channel: parseChannel(field(body, 'channel')),
})

/** How a client names a conversation; `unknown` is well-formed and never anybody's. */
export type ChannelReference = { readonly as: WireId } & (
  | { readonly by: 'name'; readonly pair: ChatPair }
  | { readonly by: 'id'; readonly id: number }
  | { readonly by: 'unknown' }
)

export function parseChannel(value: unknown): ChannelReference {
  const numbered = wireIdOf(value)
  if (numbered) return { ...numbered, by: 'id' }
  if (typeof value !== 'string' || value === '' || !isCleanText(value)) {
    throw malformed('channel must be the name or the id of a channel')
  }
  const chat = parseChatName(value)
  return chat?.kind === 'private' ? { as: value, by: 'name', pair: chat.pair } : { as: value, by: 'unknown' }
}

export interface SubscriptionRequest {
  readonly socketId: string
  readonly channelName: string
}

export function parseSubscription(body: unknown): SubscriptionRequest {
  const socketId = textField(body, 'socket_id')
  const channelName = textField(body, 'channel_name')
  if (!SOCKET_ID.test(socketId)) throw malformed('socket_id is malformed')
  if (!CHANNEL_NAME.test(channelName)) throw malformed('channel_name is malformed')
  return { socketId, channelName }
}

const MAX_USERS = 1000

export interface UsersPage {
  readonly after: number
  readonly limit: number
}

export function parseUsersPage(query: unknown): UsersPage {
  const after = wireIdOf(field(query, 'after') ?? 0)
  const limit = wireIdOf(field(query, 'limit') ?? MAX_USERS)?.id
  if (!after) throw malformed('after must be an id')
  if (!limit || limit > MAX_USERS) throw malformed(`limit must be a number from 1 to ${MAX_USERS}`)
  return { after: after.id, limit }
}

export const REGISTERED = { status: 'success', message: 'User added successfully' }

export const wireUser = ({ accountId, username }: Pick<Account, 'accountId' | 'username'>) => ({
  id: accountId,
  userName: username,
})

export const wireLogin = ({ accountId, username }: Account, token: string) => ({
  status: 'success',
  message: 'login successful',
  data: { id: accountId, token, username },
})

/** The answer to `request_chat` and the data of `new_chat`. */
export const wireChat = ({ from, to }: ChatRequest, pair: ChatPair) => ({
  from_user: from.as,
  to_user: to.as,
  from_user_notification_channel: notificationName(from.accountId),
  to_user_notification_channel: notificationName(to.accountId),
  channel_name: chatName(pair),
})

/** How a message's sender wrote the ids of its conversation. */
interface Ids {
  readonly from_user: WireId
  readonly to_user: WireId
  readonly channel: WireId
}

export const idsOf = ({ from, to, channel }: Posting): Ids => ({
  from_user: from.as,
  to_user: to.as,
  channel: channel.as,
})

const DIALECT = 'channels'

/** Travels with the message, so that its event has the ids as the answer to its sender has them. */
export const wordingOf = (ids: Ids): Wording => ({ dialect: DIALECT, text: JSON.stringify(ids) })

/** Undefined when the message came through another dialect. Only `wordingOf` made what is parsed here. */
export const parseWording = (wording: Wording | undefined): Ids | undefined =>
  wording?.dialect === DIALECT ? JSON.parse(wording.text) : undefined

/** The ids of messages that came through another dialect. */
export const plainIds = ({ senderId }: AuthoredMessage, { pair }: ChatChannel): Ids => ({
  from_user: senderId,
  to_user: otherOf(pair, senderId),
  channel: chatName(pair),
})

/** Always neutral: the best known front end reads this field of each message, and shows nothing without it. */
const SENTIMENT = { polarity: 0 }

/** The answer to `send_message` and the data of `new_message`. */
export const wireMessage = ({ messageId, body }: AuthoredMessage, ids: Ids) => ({
  id: messageId,
  from_user: ids.from_user,
  to_user: ids.to_user,
  message: body,
  channel: ids.channel,
  sentiment: SENTIMENT,
})

export const wirePastMessage = (message: AuthoredMessage, { pair, conversationId }: ChatChannel) => ({
  id: message.messageId,
  message: message.body,
  from_user: message.senderId,
  to_user: otherOf(pair, message.senderId),
  channel_id: conversationId,
  sentiment: SENTIMENT,
})

/** A member as a presence channel shows it. */
export const wirePresence = ({ accountId, username }: Account): string =>
  JSON.stringify({ user_id: String(accountId), user_info: { username } })
