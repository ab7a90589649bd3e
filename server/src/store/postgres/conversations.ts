import type { AccountId, Conversation, ConversationId, ConversationListing } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { isSameName, nameKey, nameLook } from '../../lib/name-forms.ts'
import { type ListingRow, listingOf } from '../member-views.ts'
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
import { batchedLookup } from './batched-lookup.ts'
import type { Queryable } from './driver/index.ts'
import { FIND_LISTING, LIST, LIST_NAMES, STANDING, type StandingRow, standingOf } from './listings.ts'
import { CONVERSATION_COLUMNS } from './rows.ts'
import { limitOf, prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresConversations implements ConversationStore {
  readonly #writer: WriteQueue
  readonly #directory
  readonly #find
  readonly #findByGid
  readonly #findOpenByName
  readonly #findPrivate
  readonly #standing
  readonly #findListing
  readonly #list
  readonly #listNames
  readonly #idsOf

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#directory = prepare<Conversation>(sql, DIRECTORY)
    this.#find = batchedLookup<Conversation>(sql, ['bigint'], FIND)
    this.#findByGid = prepare<Conversation>(sql, FIND_BY_GID)
    this.#findOpenByName = prepare<Conversation>(sql, FIND_OPEN_BY_NAME)
    this.#findPrivate = prepare<Conversation>(sql, FIND_PRIVATE)
    this.#standing = batchedLookup<StandingRow>(sql, ['bigint', 'bigint'], STANDING)
    this.#findListing = prepare<ListingRow>(sql, FIND_LISTING)
    this.#list = prepare<ListingRow>(sql, LIST)
    this.#listNames = prepare<ConversationName>(sql, LIST_NAMES)
    this.#idsOf = prepare<{ conversationId: ConversationId }>(sql, IDS_OF)
  }

  create(conversation: NewConversation): Promise<CreatedConversation> {
    const { kind, name, memberIds } = conversation
    const isNamed = kind === 'open' && name !== null
    const keys = {
      nameKey: isNamed ? nameKey(name) : null,
      nameLook: isNamed ? nameLook(name) || null : null,
      pair: kind === 'private' ? pairOf(memberIds) : null,
    }
    return this.#writer.write('conversations.create', { ...conversation, ...keys })
  }

  change(change: ConversationChange): Promise<ChangedConversation> {
    const { name } = change
    const keys = name ? { nameKey: nameKey(name), nameLook: nameLook(name) || null } : {}
    return this.#writer.write('conversations.change', { ...change, ...keys })
  }

  directory({ viewerId, prefix, after, limit }: DirectoryPage): Promise<readonly Conversation[]> {
    const key = nameKey(prefix)
    return this.#directory.all(viewerId, key, `${key}${LAST}`, after ?? '', limit)
  }

  find(conversationId: ConversationId): Promise<Conversation | undefined> {
    return this.#find.get(conversationId)
  }

  findByGid(gid: string): Promise<Conversation | undefined> {
    return this.#findByGid.get(gid)
  }

  async findOpenByName(name: string): Promise<Conversation | undefined> {
    const found = await this.#findOpenByName.get(nameKey(name), nameLook(name))
    return found && isSameName(found.name ?? '', name) ? found : undefined
  }

  findPrivate(pair: readonly [AccountId, AccountId]): Promise<Conversation | undefined> {
    return this.#findPrivate.get(pairOf(pair))
  }

  async standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing | undefined> {
    const row = await this.#standing.get(accountId, conversationId)
    return row && standingOf(row, accountId)
  }

  async findListing(
    accountId: AccountId,
    conversationId: ConversationId,
  ): Promise<ConversationListing | undefined> {
    const row = await this.#findListing.get(accountId, conversationId)
    return row && listingOf(row)
  }

  async list(
    accountId: AccountId,
    { before, limit }: { before: Micros; limit: number },
  ): Promise<readonly ConversationListing[]> {
    return (await this.#list.all(accountId, before, limitOf(limit))).map(listingOf)
  }

  listNames(accountId: AccountId): Promise<readonly ConversationName[]> {
    return this.#listNames.all(accountId)
  }

  async idsOf(accountId: AccountId): Promise<readonly ConversationId[]> {
    return (await this.#idsOf.all(accountId)).map(({ conversationId }) => conversationId)
  }
}

/** No name comes after it. */
const LAST = '\u{10FFFF}'

const DIRECTORY = `
  SELECT ${CONVERSATION_COLUMNS} FROM conversations c
  WHERE c.is_listed AND c.name_key >= $2 AND c.name_key < $3 AND c.name_key > $4
    AND NOT EXISTS (SELECT FROM bans b WHERE b.conversation_id = c.id AND b.account_id = $1)
  ORDER BY c.name_key LIMIT $5`

const FIND = (asked: string) =>
  `SELECT k.n AS "n", ${CONVERSATION_COLUMNS} FROM ${asked} JOIN conversations c ON c.id = k.a`

const FIND_BY_GID = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.gid = $1 AND c.deleted_at IS NULL`

// The key comes first, as for an account.
const FIND_OPEN_BY_NAME = `
  SELECT ${CONVERSATION_COLUMNS} FROM conversations c
  WHERE c.id = coalesce(
    (SELECT id FROM conversations WHERE name_key = $1), (SELECT id FROM conversations WHERE name_look = $2))`

const FIND_PRIVATE = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.pair = $1`

const IDS_OF = `
  SELECT conversation_id AS "conversationId" FROM members WHERE account_id = $1 ORDER BY conversation_id`
