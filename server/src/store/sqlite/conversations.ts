import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, Conversation, ConversationId, ConversationListing } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { isSameName, nameKey, nameLook } from '../../lib/name-forms.ts'
import type { ListingRow } from '../member-views.ts'
import { pairOf } from '../pair.ts'
import type {
  ChangedConversation,
  ConversationChange,
  ConversationName,
  ConversationStore,
  CreatedConversation,
  DirectoryPage,
  NewConversation,
  Standing,
} from '../store.ts'
import type { ConversationReader } from './conversation-reader.ts'
import { read } from './failure.ts'
import {
  FIND_LISTING,
  LIST,
  LIST_NAMES,
  listedOf,
  MEMBERSHIP,
  type MembershipRow,
  membershipOf,
} from './listings.ts'
import { readInPieces } from './pieces.ts'
import { gidKey, openNameKey, type ReadCache } from './read-cache.ts'
import { CONVERSATION_COLUMNS, conversationOf } from './rows.ts'
import { limitOf, prepare, prepareTuples, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteConversations implements ConversationStore {
  readonly #writer: WriteQueue
  readonly #cache: ReadCache
  readonly #reader: ConversationReader
  readonly #directory
  readonly #findByGid
  readonly #findOpenByName
  readonly #findPrivate
  readonly #membership
  readonly #findListing
  readonly #list
  readonly #listNames
  readonly #idsOf

  constructor(
    db: DatabaseSync,
    { writer, cache, reader }: { writer: WriteQueue; cache: ReadCache; reader: ConversationReader },
  ) {
    this.#writer = writer
    this.#cache = cache
    this.#reader = reader
    this.#directory = prepare<Row<Conversation>>(db, DIRECTORY)
    this.#findByGid = prepare<Row<Conversation>>(db, FIND_BY_GID)
    this.#findOpenByName = prepare<Row<Conversation>>(db, FIND_OPEN_BY_NAME)
    this.#findPrivate = prepare<Row<Conversation>>(db, FIND_PRIVATE)
    this.#membership = prepare<MembershipRow>(db, MEMBERSHIP)
    this.#findListing = prepare<Row<ListingRow>>(db, FIND_LISTING)
    this.#list = prepare<Row<ListingRow>>(db, LIST)
    this.#listNames = prepare<ConversationName>(db, LIST_NAMES)
    this.#idsOf = prepareTuples<readonly [ConversationId]>(db, IDS_OF)
  }

  create(conversation: NewConversation): Promise<CreatedConversation> {
    return this.#writer.write('conversations.create', conversation)
  }

  change(change: ConversationChange): Promise<ChangedConversation> {
    return this.#writer.write('conversations.change', change)
  }

  directory({ viewerId, prefix, after, limit }: DirectoryPage): Promise<readonly Conversation[]> {
    const key = nameKey(prefix)
    const page = [viewerId, key, `${key}${LAST}`, after ?? '', limit] as const
    return read(() => this.#directory.all(...page).map(conversationOf))
  }

  find(conversationId: ConversationId): Promise<Conversation | undefined> {
    return read(() => this.#reader.find(conversationId))
  }

  findByGid(gid: string): Promise<Conversation | undefined> {
    return read(() => this.#readBy(gidKey(gid), () => this.#findByGid.get(gid)))
  }

  findOpenByName(name: string): Promise<Conversation | undefined> {
    const key = nameKey(name)
    return read(() =>
      this.#readBy(openNameKey(key), () => {
        const row = this.#findOpenByName.get(key, nameLook(name))
        return row && isSameName(row.name ?? '', name) ? row : undefined
      }),
    )
  }

  findPrivate(pair: readonly [AccountId, AccountId]): Promise<Conversation | undefined> {
    return read(() => optional(this.#findPrivate.get(pairOf(pair))))
  }

  standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing | undefined> {
    return read(() => {
      const conversation = this.#reader.find(conversationId)
      if (!conversation) return undefined
      const membership = this.#cache.memberships.find(conversationId, accountId, () => {
        const row = this.#membership.get(accountId, conversationId)
        return row && membershipOf(row, conversationId, accountId)
      })
      return membership && { conversation, ...membership }
    })
  }

  findListing(
    accountId: AccountId,
    conversationId: ConversationId,
  ): Promise<ConversationListing | undefined> {
    return read(() => {
      const row = this.#findListing.get(accountId, conversationId)
      return row && listedOf(row)
    })
  }

  list(
    accountId: AccountId,
    { before, limit }: { before: Micros; limit: number },
  ): Promise<readonly ConversationListing[]> {
    return read(() => this.#list.all(accountId, before, limitOf(limit)).map(listedOf))
  }

  async listNames(accountId: AccountId): Promise<readonly ConversationName[]> {
    const rows = await readInPieces<ConversationName>(Number.POSITIVE_INFINITY, (wanted, last) =>
      this.#listNames.all(accountId, last?.conversationId ?? 0, wanted),
    )
    return rows.map((row) => ({ ...row }))
  }

  idsOf(accountId: AccountId): Promise<readonly ConversationId[]> {
    return read(() => this.#idsOf.all(accountId).map(([conversationId]) => conversationId))
  }

  /** By a gid or a name. */
  #readBy(key: string, query: () => Row<Conversation> | undefined): Conversation | undefined {
    const conversationId = this.#cache.conversationIds.find(key, () => query()?.conversationId)
    return conversationId === undefined ? undefined : this.#reader.find(conversationId)
  }
}

const optional = (row: Row<Conversation> | undefined): Conversation | undefined => row && conversationOf(row)

/** No name comes after it. */
const LAST = '\u{10FFFF}'

const DIRECTORY = `
  SELECT ${CONVERSATION_COLUMNS} FROM conversations c
  WHERE c.is_listed = 1 AND c.name_key >= ?2 AND c.name_key < ?3 AND c.name_key > ?4
    AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.conversation_id = c.id AND b.account_id = ?1)
  ORDER BY c.name_key LIMIT ?5`

const FIND_BY_GID = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.gid = ? AND c.deleted_at IS NULL`

// The key comes first, as for an account.
const FIND_OPEN_BY_NAME = `
  SELECT ${CONVERSATION_COLUMNS} FROM conversations c
  WHERE c.id = coalesce(
    (SELECT id FROM conversations WHERE name_key = ?1), (SELECT id FROM conversations WHERE name_look = ?2))`

const FIND_PRIVATE = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.pair = ?`

const IDS_OF = 'SELECT conversation_id FROM members WHERE account_id = ? ORDER BY conversation_id'
