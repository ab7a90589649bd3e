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
import { codePointLength, isCleanText } from '../../lib/text.ts'

/** An event to the asking socket. */
export interface Answer {
  readonly event: string
  readonly payload: unknown
}

/** A request that cannot be understood; the message says what is wrong with it. */
export class MalformedRequest extends Error {}

/** Names longer than this, in code points, can be used but not made here. */
export const MAX_USERNAME_LENGTH = 64
export const MAX_GROUP_NAME_LENGTH = 128

/** The fields of a request, read by name: what an attacker puts on the prototype's names is nothing special. */
export class Fields {
  readonly #fields: object

  constructor(fields: object) {
    this.#fields = fields
  }

  text(name: string): string {
    const value = this.optionalText(name)
    if (value === undefined || value === '') throw new MalformedRequest(`${name} must be a non-empty string.`)
    return value
  }

  /** Undefined when absent or null. */
  optionalText(name: string): string | undefined {
    const value: unknown = Object.hasOwn(this.#fields, name) ? Reflect.get(this.#fields, name) : undefined
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw new MalformedRequest(`${name} must be a string.`)
    if (!isCleanText(value)) throw new MalformedRequest(`${name} has characters that are not text.`)
    return value
  }
}

/** A request's argument: a JSON string or an object. */
export function parseArgument(argument: unknown): Fields {
  const value = typeof argument === 'string' ? parseJson(argument) : argument
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedRequest('The request must be a JSON object.')
  return new Fields(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MalformedRequest('The request is not valid JSON.')
  }
}

export function requireNewName(field: string, name: string, maxLength: number): void {
  if (name.trim() === '') throw new MalformedRequest(`${field} must not be blank.`)
  if (codePointLength(name) > maxLength)
    throw new MalformedRequest(`${field} must have at most ${maxLength} characters.`)
}

const MAX_ECHO_DEPTH = 64

/** What `pingg` sent, if it can be sent back. */
export function requireEchoable(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value)) throw new MalformedRequest('Binary data is not supported.')
  if (depth === MAX_ECHO_DEPTH) throw new MalformedRequest('The request is nested too deeply.')
  for (const inner of Object.values(value)) requireEchoable(inner, depth + 1)
}

/** 24 hex digits, zero-padded, so that the order of strings is the order of ids. */
const hexId = (id: AccountId | ConversationId | MessageId): string => id.toString(16).padStart(24, '0')

const isoTime = (at: Micros): string => isoMicros(at, '+00:00')

/** The name of an open group that has one, else the gid. */
const groupNameOf = ({ kind, name, gid }: Pick<Conversation, 'kind' | 'name' | 'gid'>): string =>
  kind === 'open' && name !== null ? name : gid

/** Who opened a conversation has read it, as it was then; who was brought into it has not. */
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

export const pongg = (message: unknown): Answer => ({ event: 'pongg', payload: { message } })

export const userCreated = (account: Account): Answer => ({
  event: 'user_created',
  payload: userPayload(account, { groups: [], currentId: null }),
})

export const userFound = (account: Account, membership: Membership): Answer => ({
  event: 'user_found',
  payload: userPayload(account, membership),
})

export const groupCreated = ({ conversation, members }: CreatedConversation): Answer => ({
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

export const joinSuccess = (conversation: Conversation): Answer => ({
  event: 'join_success',
  payload: groupPayload(conversation),
})

export const leaveSuccess = (conversation: Conversation): Answer => ({
  event: 'leave_success',
  payload: groupPayload(conversation),
})

export const userVisited = (account: Account, conversation: Conversation, member: Member): Answer => ({
  event: 'user_visited',
  payload: {
    _id: hexId(account.accountId),
    username: account.username,
    group_name: groupNameOf(conversation),
    current_group: groupNameOf(conversation),
    last_time_read_in_visiting_group: lastReadOf(member, conversation),
  },
})

/** The history, in two parts: what came after the read mark and what did not. */
export const enteredGroup = (
  conversation: Conversation,
  messages: readonly AuthoredMessage[],
  lastReadSeq: number,
): Answer => {
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
): Answer => ({
  event: 'message_sent',
  payload: {
    _id: hexId(messageId),
    group_name: groupNameOf(conversation),
    username: sender.username,
    text: body,
    timestamp: isoTime(sentAt),
  },
})
