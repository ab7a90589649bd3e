import type { Account, Conversation } from '../core/types.ts'
import { type DetailRow, detailsOf } from './message-details.ts'
import type { ExportedMembership, ExportedMessage } from './store.ts'

// An account's own data as it may take them with it, from rows: the same whatever the engine.

/** A message without what others have made of it. */
export function exportedMessage(row: DetailRow, versions: ExportedMessage['versions']): ExportedMessage {
  const { messageId, conversationId, seq, clientId, body, format, ...rest } = detailsOf(row)
  const { replyToSeq, thread, mentions, sentAt, editedAt } = rest
  return {
    ...{ messageId, conversationId, seq, clientId, body, format },
    ...{ replyToSeq, thread, mentions, sentAt, editedAt, versions },
  }
}

export type ExportedMembershipRow = Omit<ExportedMembership, 'conversation' | 'other'> &
  ExportedMembership['conversation'] & {
    readonly otherId: Account['accountId'] | null
    readonly otherName: string | null
  }

export function exportedMembership(row: ExportedMembershipRow): ExportedMembership {
  const { conversationId, gid, kind, name, otherId, otherName, ...own } = row
  const conversation: Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name'> = {
    ...{ conversationId, gid, kind, name },
  }
  const other = otherId === null || otherName === null ? null : { accountId: otherId, username: otherName }
  return { conversation, other, ...own }
}
