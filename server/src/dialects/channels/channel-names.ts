import { type AccountId, type ConversationId, toAccountId } from '../../core/chat.ts'

/** The two of a private conversation, its first requester first. */
export type ChatPair = readonly [first: AccountId, second: AccountId]

/** A private conversation under the name that this dialect gives it. */
export interface ChatChannel {
  readonly conversationId: ConversationId
  readonly pair: ChatPair
}

/** The two kinds of Pusher channel in which a conversation is heard; the wire's own `channel` is the private one. */
export const CHAT_CHANNEL_KINDS = ['private', 'presence'] as const
export type ChatChannelKind = (typeof CHAT_CHANNEL_KINDS)[number]

const CHAT_NAME = /^(private|presence)-chat_([1-9]\d{0,15})_([1-9]\d{0,15})$/

export const chatName = ([first, second]: ChatPair, kind: ChatChannelKind = 'private'): string =>
  `${kind}-chat_${first}_${second}`

export const notificationName = (accountId: AccountId): string => `private-notification_user_${accountId}`

export function parseChatName(name: string): { kind: ChatChannelKind; pair: ChatPair } | undefined {
  const [, kind, first, second] = CHAT_NAME.exec(name) ?? []
  const pair = [toAccountId(Number(first)), toAccountId(Number(second))] as const
  if (!pair.every(Number.isSafeInteger) || pair[0] === pair[1]) return undefined
  return { kind: kind === 'presence' ? 'presence' : 'private', pair }
}

export const isOf = (accountId: AccountId, pair: ChatPair): boolean => pair.includes(accountId)

export const otherOf = ([first, second]: ChatPair, accountId: AccountId): AccountId =>
  accountId === first ? second : first
