import {
  type AccountId,
  type ConversationId,
  type InviteId,
  type MessageId,
  toAccountId,
  toConversationId,
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

/** RFC 3339 in UTC, with microseconds. */
export const timeText = (at: Micros): string => isoMicros(at, 'Z')
export const timeOrNull = (at: Micros | null): string | null => (at === null ? null : timeText(at))
