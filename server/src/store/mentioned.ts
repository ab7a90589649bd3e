import type { AccountId, Mention } from '../core/types.ts'

/** The accounts that are named, each once, in the order of their ids. */
export const namedIn = (mentions: readonly Mention[]): readonly AccountId[] =>
  [...new Set(mentions.flatMap((mention) => ('account' in mention ? [mention.account] : [])))].sort(
    (one, other) => one - other,
  )

/** The key of a mention among the rows of an account's own state. */
export const mentionKey = (conversationId: number, seq: number): string => `${conversationId}:${seq}`
