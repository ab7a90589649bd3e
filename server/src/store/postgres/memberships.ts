import type { AccountId, ConversationId, OwnListing, OwnView } from '../../core/types.ts'
import { FEW_PAGES } from '../member-views.ts'
import { idsNamed, inOrder, type OwnNameRow } from '../own-names.ts'
import type {
  MembershipStore,
  NewReadMark,
  OwnListingPage,
  PreferenceChange,
  PreferencesSet,
  ReadMarked,
} from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { OWN_LISTINGS, type OwnListedRow, ownListedOf } from './listings.ts'
import { mentionsAfter, PREFERENCE_COLUMNS, READ_SEQ, unreadAfter } from './own-views.ts'
import { limitOf, prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type OwnRow = OwnView & { readonly conversationId: ConversationId }

export class PostgresMemberships implements MembershipStore {
  readonly #writer: WriteQueue
  readonly #count
  readonly #newestActive
  readonly #newest
  readonly #list
  readonly #listAfter
  readonly #find
  readonly #names
  readonly #ownListings

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#count = prepare<{ readonly own: number }>(sql, COUNT)
    this.#newestActive = prepare<OwnRow>(sql, NEWEST_ACTIVE)
    this.#newest = prepare<OwnRow>(sql, NEWEST)
    this.#list = prepare<OwnRow>(sql, LIST)
    this.#listAfter = prepare<OwnRow>(sql, LIST_AFTER)
    this.#find = prepare<OwnRow>(sql, FIND)
    this.#names = prepare<OwnNameRow>(sql, NAMES)
    this.#ownListings = prepare<OwnListedRow>(sql, OWN_LISTINGS)
  }

  markReadUpTo(mark: NewReadMark): Promise<ReadMarked> {
    return this.#writer.write('memberships.markReadUpTo', mark)
  }

  setPreferences(change: PreferenceChange): Promise<PreferencesSet> {
    return this.#writer.write('memberships.setPreferences', change)
  }

  async listNewest(accountId: AccountId, limit: number): Promise<readonly OwnListing[]> {
    const few = limit * FEW_PAGES
    const [count] = await this.#count.all(accountId, few + 1)
    const active = (count?.own ?? 0) <= few ? [] : await this.#newestActive.all(accountId, limit)
    const rows = active.length === limit ? active : await this.#newest.all(accountId, limit)
    return this.#listings(accountId, rows)
  }

  async list(
    accountId: AccountId,
    { isArchived, after, limit }: OwnListingPage,
  ): Promise<readonly OwnListing[]> {
    if (!after) return this.#listings(accountId, await this.#list.all(accountId, isArchived, limitOf(limit)))
    const { isPinned, activityAt, conversationId } = after
    const chosen = [accountId, isArchived, limitOf(limit)] as const
    return this.#listings(
      accountId,
      await this.#listAfter.all(...chosen, isPinned, activityAt, conversationId),
    )
  }

  async search(accountId: AccountId, page: OwnListingPage, prefix: string): Promise<readonly OwnListing[]> {
    const ids = idsNamed(prefix, await this.#names.all(accountId, page.isArchived), page)
    return inOrder(ids, await this.find(accountId, ids))
  }

  async find(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<readonly OwnListing[]> {
    return this.#listings(accountId, await this.#find.all(accountId, conversationIds))
  }

  async #listings(accountId: AccountId, rows: readonly OwnRow[]): Promise<readonly OwnListing[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ conversationId }) => conversationId)
    const found = (await this.#ownListings.all(accountId, ids)).map(ownListedOf)
    const listings = new Map(found.map((listing) => [listing.conversation.conversationId, listing]))
    return rows.flatMap(({ conversationId, ...own }) => {
      const listing = listings.get(conversationId)
      return listing ? [{ ...listing, own }] : []
    })
  }
}

/** Newest messages of all, whose conversations are looked at first. */
const MESSAGES_LOOKED_AT = 1_000

const COUNT = 'SELECT count(*)::int AS "own" FROM (SELECT 1 FROM members WHERE account_id = $1 LIMIT $2) few'

const MINE = 'members m JOIN conversations c ON c.id = m.conversation_id WHERE m.account_id = $1'

/** The columns of an own view, of the members that are chosen, in that order. */
const ownViews = (chosen: string, order = ''): string => `
  WITH chosen AS MATERIALIZED (${chosen})
  SELECT c.id AS "conversationId", ${PREFERENCE_COLUMNS}, m.role AS "role", s.place AS "readSeq",
    ${unreadAfter('s.place')} AS "unread", ${mentionsAfter('s.place', '$1')} AS "mentions"
  FROM chosen JOIN conversations c ON c.id = chosen.id
  JOIN members m ON m.conversation_id = c.id AND m.account_id = $1
  CROSS JOIN LATERAL (SELECT ${READ_SEQ} AS place OFFSET 0) s ${order}`

const BY_ACTIVITY = 'ORDER BY c.activity_at DESC, c.id DESC'
const BY_PIN = 'ORDER BY m.is_pinned DESC, c.activity_at DESC, c.id DESC'

// A conversation whose last message is not older than all that are looked at is found by looking at them. One in which
// nobody has spoken yet is among those that were made last.
const NEWEST_ACTIVE = ownViews(
  `
  WITH newest AS MATERIALIZED (
    SELECT conversation_id, sent_at FROM messages ORDER BY id DESC LIMIT ${MESSAGES_LOOKED_AT})
  SELECT c.id FROM (
    SELECT conversation_id AS id FROM newest
    UNION (SELECT conversation_id FROM members WHERE account_id = $1 ORDER BY conversation_id DESC LIMIT $2)) known
  JOIN members m ON m.conversation_id = known.id AND m.account_id = $1
  JOIN conversations c ON c.id = known.id
  WHERE c.activity_at >= (SELECT min(sent_at) FROM newest)
  ${BY_ACTIVITY} LIMIT $2`,
  BY_ACTIVITY,
)

const NEWEST = ownViews(`SELECT c.id FROM ${MINE} ${BY_ACTIVITY} LIMIT $2`, BY_ACTIVITY)

const LIST = ownViews(`SELECT c.id FROM ${MINE} AND m.is_archived = $2 ${BY_PIN} LIMIT $3`, BY_PIN)

const LIST_AFTER = ownViews(
  `
  SELECT c.id FROM ${MINE} AND m.is_archived = $2 AND (m.is_pinned, c.activity_at, c.id) < ($4, $5, $6)
  ${BY_PIN} LIMIT $3`,
  BY_PIN,
)

const FIND = ownViews(`SELECT c.id FROM ${MINE} AND c.id = ANY ($2)`)

const NAMES = `
  SELECT c.id AS "conversationId", c.name AS "name", a.username AS "username", a.display_name AS "displayName",
    m.is_pinned AS "isPinned", c.activity_at AS "activityAt"
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = $1 AND m.is_archived = $2`
