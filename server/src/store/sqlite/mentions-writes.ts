import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, Mention, Message } from '../../core/types.ts'
import { mentionKey, namedIn } from '../mentioned.ts'
import type { TouchedRow } from '../store.ts'
import type { LogHeads } from './log-heads.ts'
import type { Numbers } from './numbers.ts'
import { prepare } from './statement.ts'

type Place = Pick<Message, 'messageId' | 'conversationId' | 'seq'>

/** In the table, everybody is this account. */
const EVERYBODY = 0

/** As the column has them. */
export const textOf = (mentions: readonly Mention[]): string | null =>
  mentions.length > 0 ? JSON.stringify(mentions) : null

/** Keeps who is named where. */
export class MentionWrites {
  readonly #heads: LogHeads
  readonly #numbers: Numbers
  readonly #insert
  readonly #drop

  constructor(db: DatabaseSync, { heads, numbers }: { heads: LogHeads; numbers: Numbers }) {
    this.#heads = heads
    this.#numbers = numbers
    this.#insert = prepare(db, INSERT)
    this.#drop = prepare(db, 'DELETE FROM mentions WHERE conversation_id = ? AND seq = ?')
  }

  /** Without those that name somebody who is no member any more. */
  ofMembers(conversationId: ConversationId, mentions: readonly Mention[]): readonly Mention[] {
    return mentions.filter(
      (mention) => 'all' in mention || this.#heads.speaker(conversationId, mention.account).role !== null,
    )
  }

  /** Numbers those that are named now and were not before. */
  add(
    { messageId, conversationId, seq }: Place,
    mentions: readonly Mention[],
    before: readonly Mention[] = [],
  ): readonly TouchedRow[] {
    const named = namedIn(mentions)
    const ids: number[] = mentions.some((mention) => 'all' in mention) ? [EVERYBODY, ...named] : [...named]
    for (const id of ids) this.#insert.run(id, conversationId, seq, messageId)
    const known = new Set<AccountId>(namedIn(before))
    return named
      .filter((accountId) => !known.has(accountId))
      .map((accountId) => this.#numbers.touch(accountId, 'mention', mentionKey(conversationId, seq)))
  }

  drop({ conversationId, seq }: Pick<Place, 'conversationId' | 'seq'>): void {
    this.#drop.run(conversationId, seq)
  }
}

const INSERT = 'INSERT INTO mentions (account_id, conversation_id, seq, message_id) VALUES (?, ?, ?, ?)'
