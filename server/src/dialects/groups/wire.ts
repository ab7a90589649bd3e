import type {
  Account,
  AccountId,
  AuthoredMessage,
  Conversation,
  ConversationId,
  CreatedConversation,
  Member,
  MessageId,
} from '../../core/chat.ts'
import { isoMicros, type Micros } from '../../lib/clock.ts'

/** An event to the asking socket. */
export interface WireAnswer {
  readonly event: string
  readonly payload: unknown
}

/** 24 hex digits, zero-padded, so that the order of strings is the order of ids. */
const hexId = (id: AccountId | ConversationId | MessageId): string => id.toString(16).padStart(24, '0')

const isoTime = (at: Micros): string => isoMicros(at, '+00:00')

/** The name of an open group that has one, else the gid. */
const groupNameOf = ({ kind, name, gid }: Pick<Conversation, 'kind' | 'name' | 'gid'>): string =>
  kind === 'open' && name !== null ? name : gid

/** The creator has read a conversation as it was when opened; members who were brought into it have not. */
const lastReadOf = (
  { accountId, lastReadAt, joinedAt }: Member,
  { creatorId, createdAt }: Conversation,
): string | null => {
  if (lastReadAt !== null) return isoTime(lastReadAt)
  return accountId === creatorId && joinedAt === createdAt ? isoTime(createdAt) : null
}

/** The groups of an account, in the order in which they were opened. */
export interface Membership {
  readonly groups: readonly Pick<Conversation, 'conversationId' | 'kind' | 'name' | 'gid'>[]
  readonly currentId: ConversationId | null
}

const userPayload = (account: Account, { groups, currentId }: Membership) => {
  const current = groups.find(({ conversationId }) => conversationId === currentId)
  return {
    _id: hexId(account.accountId),
    username: account.username,
    current_group: current ? groupNameOf(current) : null,
    group_list: groups.map(groupNameOf),
  }
}

export const pongg = (message: unknown): WireAnswer => ({ event: 'pongg', payload: { message } })

export const userCreated = (account: Account): WireAnswer => ({
  event: 'user_created',
  payload: userPayload(account, { groups: [], currentId: null }),
})

export const userFound = (account: Account, membership: Membership): WireAnswer => ({
  event: 'user_found',
  payload: userPayload(account, membership),
})

export const groupCreated = ({ conversation, members }: CreatedConversation): WireAnswer => ({
  event: 'group_created',
  payload: {
    _id: hexId(conversation.conversationId),
    group_name: groupNameOf(conversation),
    user: members.map((member) => ({
      name_ID: member.username,
      last_read: lastReadOf(member, conversation),
    })),
  },
})

const groupPayload = (conversation: Conversation) => ({
  group_id: hexId(conversation.conversationId),
  group_name: groupNameOf(conversation),
})

export const joinSuccess = (conversation: Conversation): WireAnswer => ({
  event: 'join_success',
  payload: groupPayload(conversation),
})

export const leaveSuccess = (conversation: Conversation): WireAnswer => ({
  event: 'leave_success',
  payload: groupPayload(conversation),
})

export const userVisited = (account: Account, conversation: Conversation, member: Member): WireAnswer => ({
  event: 'user_visited',
  payload: {
    _id: hexId(account.accountId),
    username: account.username,
    group_name: groupNameOf(conversation),
    current_group: groupNameOf(conversation),
    last_time_read_in_visiting_group: lastReadOf(member, conversation),
  },
})

/** The history, in two parts: messages after the read mark, and those up to it. */
export const enteredGroup = (
  conversation: Conversation,
  messages: readonly AuthoredMessage[],
  lastReadSeq: number,
): WireAnswer => {
  const line = ({ messageId, sentAt, sender, body }: AuthoredMessage) => ({
    _id: hexId(messageId),
    timestamp: isoTime(sentAt),
    username: sender.username,
    group_name: groupNameOf(conversation),
    text: body,
  })
  const unread = messages.filter(({ seq }) => seq > lastReadSeq)
  const read = messages.filter(({ seq }) => seq <= lastReadSeq)
  return { event: 'enter_group', payload: [unread.map(line), read.map(line)] }
}

export const messageSent = (
  conversation: Pick<Conversation, 'kind' | 'name' | 'gid'>,
  { messageId, sender, body, sentAt }: AuthoredMessage,
): WireAnswer => ({
  event: 'message_sent',
  payload: {
    _id: hexId(messageId),
    group_name: groupNameOf(conversation),
    username: sender.username,
    text: body,
    timestamp: isoTime(sentAt),
  },
})

// No client of the original server knows the next two: it ignores them.

/** The message with its new text, as `message_sent` has it. */
export const messageEdited = (
  conversation: Pick<Conversation, 'kind' | 'name' | 'gid'>,
  message: AuthoredMessage,
): WireAnswer => ({ ...messageSent(conversation, message), event: 'message_edited' })

export const messageDeleted = (conversationId: ConversationId, messageId: MessageId): WireAnswer => ({
  event: 'message_deleted',
  payload: { _id: hexId(messageId), group_id: hexId(conversationId) },
})
