import {
  type Account,
  type AccountId,
  type AuthoredMessage,
  type Conversation,
  type ConversationListing,
  type CreatedConversation,
  type Member,
  type Message,
  toAccountId,
  toConversationId,
  toMessageId,
} from '../../core/chat.ts'
import { isoMicros, type Micros } from '../../lib/clock.ts'
import { email, integer, list, optional, text, time } from './fields.ts'
import { request } from './request.ts'

// Requests of clients.

/** More than anyone picks by hand; keeps one request from holding up everyone's writes. */
const MAX_GROUP_IDS = 10_000

export const registration = request(
  {
    body: {
      username: text({ min: 1, max: 64 }),
      email: email({ min: 1, max: 255 }),
      password: text({ min: 1, max: 2047 }),
    },
  },
  (fields) => fields,
)

export const login = request(
  { body: { usernameOrEmail: text({ max: 255 }), password: text({}) } },
  ({ usernameOrEmail, password }) => ({ login: usernameOrEmail, password }),
)

export const nothing = request({}, () => undefined)

export const newBio = request({ body: { bio: text({ max: 64 }) } }, ({ bio }) => bio)

export const chatPage = request(
  {
    query: {
      cursor: optional(time, Number.MAX_SAFE_INTEGER),
      limit: optional(integer({ min: 1, max: 50 }), 25),
    },
  },
  ({ cursor, limit }) => ({ before: cursor, limit }),
)

export const newPrivateChat = request({ body: { with_user_id: integer() } }, ({ with_user_id }) =>
  toAccountId(with_user_id),
)

export const newGroupChat = request(
  {
    body: {
      with_ids: list(integer(), { min: 1, max: MAX_GROUP_IDS }),
      name: text({ min: 1, max: 255 }),
    },
  },
  ({ with_ids, name }) => ({ memberIds: with_ids.map(toAccountId), name }),
)

export const chatId = request({ path: { chat_id: integer() } }, ({ chat_id }) => toConversationId(chat_id))

export const newMessage = request(
  { path: { chat_id: integer() }, body: { contents: text({ min: 1, max: 2047 }) } },
  ({ chat_id, contents }) => ({ conversationId: toConversationId(chat_id), body: contents }),
)

export const messagePage = request(
  {
    path: { chat_id: integer() },
    query: {
      // 0 is before the first message: a client that goes on with the last id it got has then seen every message.
      cursor: optional(integer(), 0),
      limit: optional(integer({ min: 1, max: 100 }), 50),
    },
  },
  ({ chat_id, cursor, limit }) => ({
    conversationId: toConversationId(chat_id),
    limit,
    after: cursor,
  }),
)

export const messageId = request({ path: { message_id: integer() } }, ({ message_id }) =>
  toMessageId(message_id),
)

// Answers to clients.

export const SUCCESS = { success: true }

export const tokenBody = (token: string): object => ({ access_token: token, token_type: 'bearer' })

export const accountBody = (account: Account): object => ({
  id: account.accountId,
  created_at: timeText(account.createdAt),
  updated_at: timeText(account.updatedAt),
  username: account.username,
  email: account.email,
  bio: account.bio,
  email_confirmed: account.emailConfirmed,
})

export const messageBody = (message: Message): object => ({
  id: message.messageId,
  created_at: timeText(message.sentAt),
  updated_at: timeText(message.editedAt ?? message.sentAt),
  contents: message.body,
  author_id: message.senderId,
})

export function chatsBody(listings: readonly ConversationListing[]): object {
  const last = listings.at(-1)
  return {
    next: last ? timeText(last.conversation.activityAt) : null,
    count: listings.length,
    chats: listings.map(chatBody),
  }
}

export const createdBody = ({ conversation, members }: CreatedConversation): object =>
  chatWithParticipantsBody({ conversation, lastMessage: null }, members)

const chatWithParticipantsBody = (listing: ChatFacts, members: readonly Member[]): object => ({
  ...chatBody(listing),
  participants: participantsOf(listing.conversation.creatorId, members),
})

/** Like `chatWithParticipantsBody`, with participants that are JSON already. */
export function chatWithParticipantsJson(listing: ChatFacts, participants: Buffer): Buffer {
  const chat = JSON.stringify(chatBody(listing))
  return Buffer.concat([Buffer.from(`${chat.slice(0, -1)},"participants":`), participants, Buffer.from('}')])
}

/** Puts the creator first; members are given in the order they joined. */
export function participantsOf(creatorId: AccountId, members: readonly Member[]): readonly object[] {
  // An open conversation's creator may have left and come back.
  const creator = members.filter(({ accountId }) => accountId === creatorId)
  const others = members.filter(({ accountId }) => accountId !== creatorId)
  return [...creator, ...others].map(({ accountId, username }) => ({ id: accountId, username }))
}

export function messagesBody(messages: readonly AuthoredMessage[]): object {
  const authors = new Map(messages.map(({ sender }) => [sender.accountId, sender.username]))
  return {
    count: messages.length,
    authors: Array.from(authors, ([id, username]) => ({ id, username })),
    messages: messages.map(messageBody),
  }
}

type ChatFacts = Pick<ConversationListing, 'conversation' | 'lastMessage'>

const chatBody = ({ conversation, lastMessage }: ChatFacts): object => ({
  id: conversation.conversationId,
  created_at: timeText(conversation.createdAt),
  updated_at: timeText(conversation.updatedAt),
  name: nameOf(conversation),
  type: conversation.kind === 'private' ? 'private' : 'group',
  last_message: lastMessage && messageBody(lastMessage),
})

/** Null tells clients that a chat is private, so whatever has no name of its own goes by its gid. */
const nameOf = ({ kind, name, gid }: Conversation): string | null =>
  kind === 'private' ? null : (name ?? gid)

const timeText = (at: Micros): string => isoMicros(at, '+00:00')
