import { type AnswerCache, writeList } from '../../answers/index.ts'
import { type Account, type Chat, ChatError, type ConversationId, type Standing } from '../../core/chat.ts'
import { costOfPush, costOfText, type Limits, messageBodyBytes } from '../../transport/index.ts'
import type { FileLines } from '../file-lines.ts'
import { costOfCreation, namesToTell } from '../rate-limit.ts'
import { signIn } from '../sign-in.ts'
import type { Credentials } from './credentials.ts'
import type { Endpoint, Guards } from './endpoint.ts'
import { chatExists } from './errors.ts'
import * as wire from './wire.ts'

interface RequestParts {
  readonly chat: Chat
  readonly lines: FileLines
  readonly limits: Limits
  readonly credentials: Credentials
  readonly guards: Guards
  /** The JSON of pages, and of participants. */
  readonly cache: AnswerCache<Buffer>
}

/** Room for 10,000 ids of up to 16 digits, as Python prints a list. */
const GROUP_BODY_BYTES = 256 * 1024

/** Everything that clients may ask. */
export const requests = (parts: RequestParts): readonly Endpoint[] => [
  ...signingIn(parts),
  ...ownAccount(parts),
  ...chats(parts),
  ...messages(parts),
]

const signingIn = ({ chat, limits, credentials, guards }: RequestParts): Endpoint[] => [
  guards.loggedOut('POST /register', {
    limit: 'register',
    takes: wire.registration,
    run: async (from, registration) =>
      wire.tokenBody(credentials.issue(await chat.accounts.register({ ...registration, from }))),
  }),
  guards.loggedOut('POST /login', {
    limit: 'login',
    takes: wire.login,
    run: async (from, { login, password }) => {
      const account = await signIn(chat, limits, { login, password, by: 'username or email', from })
      return wire.tokenBody(credentials.issue(account))
    },
  }),
]

const ownAccount = ({ chat: { profiles }, guards }: RequestParts): Endpoint[] => [
  guards.loggedIn('GET /user/me', {
    takes: wire.nothing,
    run: async (account) => wire.accountBody(account),
  }),
  guards.loggedIn('PATCH /user/bio', {
    takes: wire.newBio,
    run: async ({ accountId }, bio) => {
      await profiles.set(accountId, { bio })
      return wire.SUCCESS
    },
  }),
]

const chats = ({ chat: { conversations }, lines, limits, guards, cache }: RequestParts): Endpoint[] => [
  guards.long('GET /user/chats', {
    takes: wire.chatPage,
    run: async ({ accountId }, page) => {
      const listings = await conversations.list(accountId, page)
      const shown = listings.map(({ lastMessage, ...rest }) => ({
        ...rest,
        lastMessage: lastMessage && lines.shown(lastMessage),
      }))
      return Buffer.from(JSON.stringify(wire.chatsBody(shown)))
    },
  }),
  guards.loggedIn('POST /chat/private/create', {
    takes: wire.newPrivateChat,
    run: async ({ accountId }, otherId) => {
      const created = await conversations.openPrivate(accountId, otherId)
      if (!created.isNew) throw chatExists()
      return wire.createdBody(created)
    },
  }),
  guards.loggedIn('POST /chat/group/create', {
    takes: wire.newGroupChat,
    limit: 'create',
    bodyLimit: GROUP_BODY_BYTES,
    isInTurn: true,
    cost: ({ memberIds }) => costOfCreation(memberIds.length),
    run: async ({ accountId }, { memberIds, name }) => {
      if (memberIds.includes(accountId)) throw new ChatError('with_yourself')
      const created = await conversations.createGroup(accountId, memberIds, name)
      const { bytes } = namesToTell(created.members.map(({ username }) => username))
      limits.charge('create', accountId, costOfPush(bytes))
      return wire.createdBody(created)
    },
  }),
  guards.long('GET /chat/:chat_id', {
    takes: wire.chatId,
    run: async ({ accountId }, conversationId) => {
      const listing = await conversations.findListing(accountId, conversationId)
      if (!listing) throw new ChatError('unknown_conversation', { conversationId })
      const { creatorId, updatedAt } = listing.conversation
      // `updatedAt` moves with the members, and not with messages.
      const participants = await cache.get(`participants ${conversationId}`, String(updatedAt), async () => {
        const members = await conversations.members(conversationId)
        return Buffer.from(await writeList(wire.participantsOf(creatorId, members)))
      })
      return wire.chatWithParticipantsJson(listing, participants)
    },
  }),
]

const messages = ({ chat: { conversations, messages }, lines, guards, cache }: RequestParts): Endpoint[] => {
  const standingOf = async ({ accountId }: Account, conversationId: ConversationId): Promise<Standing> => {
    const standing = await conversations.standing(accountId, conversationId)
    if (!standing) throw new ChatError('not_a_member', { conversationId })
    return standing
  }
  return [
    guards.loggedIn('POST /chat/:chat_id/message', {
      limit: 'send',
      cost: ({ body }) => costOfText(body),
      bodyLimit: messageBodyBytes(messages.maxBytes),
      takes: wire.newMessage,
      run: async (account, { conversationId, body }) => {
        const standing = await standingOf(account, conversationId)
        return wire.messageBody(await messages.send(account, standing, { body }))
      },
    }),
    guards.long('GET /chat/:chat_id/messages', {
      takes: wire.messagePage,
      run: async (account, page) => {
        const { conversationId, after, limit } = page
        const { lastSeq, rewrites } = (await standingOf(account, conversationId)).conversation
        const key = `messages ${conversationId} ${after} ${limit}`
        return cache.get(key, `${lastSeq} ${rewrites}`, async () => {
          const listed = await messages.list(page)
          const body = wire.messagesBody(listed.map((message) => lines.shown(message)))
          return Buffer.from(JSON.stringify(body))
        })
      },
    }),
    guards.loggedIn('DELETE /message/:message_id', {
      takes: wire.messageId,
      run: async ({ accountId }, messageId) => {
        await messages.delete(accountId, messageId)
        return wire.SUCCESS
      },
    }),
  ]
}
