import type { DatabaseSync } from 'node:sqlite'
import { ChatError, type ChatErrorCode } from '../../core/errors.ts'
import type { AccountId, ConversationId, MessageId, Reaction } from '../../core/types.ts'
import { MAX_REACTION_KEYS, type Reacted, type ReactionChange, type Wish, type Wishes } from '../store.ts'
import type { Changes } from './changes.ts'
import type { LogHeads } from './log-heads.ts'
import { prepare } from './statement.ts'

interface Found {
  readonly messageId: MessageId
  readonly version: number
  readonly reactions: string | null
}

type Place = Pick<Wishes, 'conversationId' | 'seq'>

/** A reaction that was put or removed, perhaps several times. */
interface Touched extends ReactionChange {
  readonly wasThere: boolean
}

export class ReactionWrites {
  readonly #changes: Changes
  readonly #heads: LogHeads
  readonly #find
  readonly #insert
  readonly #delete
  readonly #newest
  readonly #update

  constructor(db: DatabaseSync, { changes, heads }: { changes: Changes; heads: LogHeads }) {
    this.#changes = changes
    this.#heads = heads
    this.#find = prepare<Found>(db, FIND)
    this.#insert = prepare(db, INSERT)
    this.#delete = prepare(db, DELETE)
    this.#newest = prepare<{ accountId: AccountId }>(db, NEWEST)
    this.#update = prepare(db, UPDATE)
  }

  apply({ conversationId, seq, wishes }: Wishes): Reacted {
    const found = this.#find.get(conversationId, seq)
    if (!found) throw new ChatError('unknown_message', { conversationId, seq })
    const place = { conversationId, seq }
    // This server has written them.
    const before = JSON.parse(found.reactions ?? '[]') as readonly Reaction[]
    const counts = new Map(before.map(({ key, count }) => [key, count]))
    const touched = new Map<string, Touched>()
    const refusals = wishes.map(
      (wish) => this.#refusalOf(place, wish, counts) ?? this.#grant(place, wish, { counts, touched }),
    )
    const by = [...touched.values()].filter(({ added, wasThere }) => added !== wasThere)
    const told = by.map(({ account, key, added }) => ({ account, key, added }))
    const [first] = told
    if (!first) return { change: found.version, isNew: false, reactions: before, by: [], refusals }
    const { messageId } = found
    const at = Math.max(...wishes.map((wish) => wish.at))
    const data = { reactions: told }
    const change = this.#changes.record({
      conversationId,
      kind: 'reacted',
      accountId: first.account,
      messageId,
      at,
      data,
    })
    const changed = new Set(by.map(({ key }) => key))
    const reactions = [...counts]
      .filter(([, count]) => count > 0)
      .map(([key, count]) => {
        const known = before.find((reaction) => reaction.key === key)
        return known && !changed.has(key) ? known : { key, count, last: this.#lastOf(place, key) }
      })
    this.#update.run(reactions.length > 0 ? JSON.stringify(reactions) : null, change, conversationId, seq)
    return { change, isNew: true, reactions, by: told, refusals }
  }

  #refusalOf(
    { conversationId }: Place,
    { accountId, key, isAdded }: Wish,
    counts: ReadonlyMap<string, number>,
  ): ChatErrorCode | undefined {
    const speaker = this.#heads.speaker(conversationId, accountId)
    if (!speaker.role) return 'unknown_message'
    if (speaker.isBlocked) return 'message_refused'
    const isNewKey = isAdded && !counts.get(key)
    const keys = [...counts.values()].filter((count) => count > 0).length
    return isNewKey && keys >= MAX_REACTION_KEYS ? 'reaction_refused' : undefined
  }

  #grant(
    { conversationId, seq }: Place,
    { accountId: account, key, isAdded, at }: Wish,
    { counts, touched }: { counts: Map<string, number>; touched: Map<string, Touched> },
  ): null {
    const { changes } = isAdded
      ? this.#insert.run(conversationId, seq, key, account, at)
      : this.#delete.run(conversationId, seq, key, account)
    if (changes === 0) return null
    counts.set(key, (counts.get(key) ?? 0) + (isAdded ? 1 : -1))
    const name = `${account} ${key}`
    const wasThere = touched.get(name)?.wasThere ?? !isAdded
    touched.set(name, { account, key, added: isAdded, wasThere })
    return null
  }

  #lastOf(
    { conversationId, seq }: { conversationId: ConversationId; seq: number },
    key: string,
  ): AccountId[] {
    return this.#newest
      .all(conversationId, seq, key)
      .map(({ accountId }) => accountId)
      .reverse()
  }
}

const FIND = `
  SELECT t.id AS messageId, coalesce(t.version, t.change) AS version, t.reactions AS reactions FROM messages t
  WHERE t.conversation_id = ? AND t.is_deleted = 0 AND t.seq = ?`

const INSERT = `
  INSERT INTO reactions (conversation_id, seq, key, account_id, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

const DELETE = 'DELETE FROM reactions WHERE conversation_id = ? AND seq = ? AND key = ? AND account_id = ?'

const NEWEST = `
  SELECT account_id AS accountId FROM reactions WHERE conversation_id = ? AND seq = ? AND key = ?
  ORDER BY at DESC, account_id DESC LIMIT 3`

const UPDATE = `
  UPDATE messages SET reactions = ?, version = ? WHERE conversation_id = ? AND is_deleted = 0 AND seq = ?`
