import {
  type AccountId,
  type ConversationId,
  type FileId,
  type InviteId,
  type MessageId,
  toAccountId,
  toConversationId,
  toFileId,
  toInviteId,
} from '../../core/chat.ts'
import { isoMicros, type Micros } from '../../lib/clock.ts'

/** Ids as this wire writes them: a letter for their kind, and the core's number. */
export const accountName = (id: AccountId): string => `a_${id}`
export const conversationName = (id: ConversationId): string => `c_${id}`
export const messageName = (id: MessageId): string => `m_${id}`
export const inviteName = (id: InviteId): string => `i_${id}`

// The schemas have checked the form.
const numberIn = (name: string): number => Number(name.slice(2))

export const accountIdIn = (name: string): AccountId => toAccountId(numberIn(name))
export const conversationIdIn = (name: string): ConversationId => toConversationId(numberIn(name))
export const inviteIdIn = (name: string): InviteId => toInviteId(numberIn(name))

const FILE_NAME = /^f_[A-Za-z0-9_-]{1,40}$/

/** Undefined where it is none: not every one comes through a schema. */
export const fileIdIn = (name: string): FileId | undefined =>
  FILE_NAME.test(name) ? toFileId(name.slice(2)) : undefined

/** RFC 3339 in UTC, with microseconds. */
export const timeText = (at: Micros): string => isoMicros(at, 'Z')
export const timeOrNull = (at: Micros | null): string | null => (at === null ? null : timeText(at))
