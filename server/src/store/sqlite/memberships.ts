import type { DatabaseSync } from 'node:sqlite'
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
import { read } from './failure.ts'
import type { ListingReader } from './listing-reader.ts'
import { mentionsAfter, PREFERENCE_COLUMNS, READ_SEQ, unreadAfter } from './own-views.ts'
import { readInPieces } from './pieces.ts'
import { limitOf, prepare, prepareTuples } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

/** In the order of the columns of `ownViews`. */
type OwnRow = readonly [
  conversationId: ConversationId,
  lastChange: number,
  isMuted: number,
  isPinned: number,
  isArchived: number,
  notify: OwnView['notify'],
  role: OwnView['role'],
  readSeq: number,
  unread: number,
  mentions: number,
]

export class SqliteMemberships implements MembershipStore {
  readonly #writer: WriteQueue
  readonly #count
  readonly #newestActive
  readonly #newest
  readonly #list
  readonly #listAfter
  readonly #find
  readonly #names
  readonly #reader: ListingReader

  constructor(db: DatabaseSync, writer: WriteQueue, reader: ListingReader) {
    this.#reader = reader
    this.#writer = writer
    this.#count = prepare<{ readonly own: number }>(db, COUNT)
    this.#newestActive = prepareTuples<OwnRow>(db, NEWEST_ACTIVE)
    this.#newest = prepareTuples<OwnRow>(db, NEWEST)
    this.#list = prepareTuples<OwnRow>(db, LIST)
    this.#listAfter = prepareTuples<OwnRow>(db, LIST_AFTER)
    this.#find = prepareTuples<OwnRow>(db, FIND)
    this.#names = prepare<OwnNameRow>(db, NAMES)
  }

  markReadUpTo(mark: NewReadMark): Promise<ReadMarked> {
    return this.#writer.write('memberships.markReadUpTo', mark)
  }

  setPreferences(change: PreferenceChange): Promise<PreferencesSet> {
    return this.#writer.write('memberships.setPreferences', change)
  }

  listNewest(accountId: AccountId, limit: number): Promise<readonly OwnListing[]> {
    return read(() => {
      const few = limit * FEW_PAGES
      const hasFew = (this.#count.get(accountId, few + 1)?.own ?? 0) <= few
      const active = hasFew ? [] : this.#newestActive.all(accountId, limit)
      return this.#listings(accountId, active.length === limit ? active : this.#newest.all(accountId, limit))
    })
  }

  list(accountId: AccountId, { isArchived, after, limit }: OwnListingPage): Promise<readonly OwnListing[]> {
    const archived = Number(isArchived)
    return read(() => {
      if (!after) return this.#listings(accountId, this.#list.all(accountId, archived, limitOf(limit)))
      const { isPinned, activityAt, conversationId } = after
      const place = [Number(isPinned), activityAt, conversationId]
      return this.#listings(accountId, this.#listAfter.all(accountId, archived, limitOf(limit), ...place))
    })
  }

  async search(accountId: AccountId, page: OwnListingPage, prefix: string): Promise<readonly OwnListing[]> {
    const rows = await readInPieces<OwnNameRow>(Number.POSITIVE_INFINITY, (wanted, last) =>
      this.#names.all(accountId, Number(page.isArchived), last?.conversationId ?? 0, wanted),
    )
    const ids = idsNamed(prefix, rows, page)
    return inOrder(ids, await this.find(accountId, ids))
  }

  find(accountId: AccountId, conversationIds: readonly ConversationId[]): Promise<readonly OwnListing[]> {
    return read(() => this.#listings(accountId, this.#find.all(accountId, JSON.stringify(conversationIds))))
  }

  #listings(accountId: AccountId, rows: readonly OwnRow[]): readonly OwnListing[] {
    const listings: OwnListing[] = []
    for (const row of rows) {
      const [conversationId, lastChange] = row
      const listing = this.#reader.find(accountId, conversationId, lastChange)
      if (listing) listings.push({ ...listing, own: ownViewOf(row) })
    }
    return listings
  }
}

function ownViewOf(row: OwnRow): OwnView {
  const [, , isMuted, isPinned, isArchived, notify, role, readSeq, unread, mentions] = row
  return {
    ...{ isMuted: isMuted === 1, isPinned: isPinned === 1, isArchived: isArchived === 1, notify, role },
    ...{ readSeq, unread, mentions },
  }
}

/** Newest messages of all, whose conversations are looked at first. */
const MESSAGES_LOOKED_AT = 1_000

const COUNT = 'SELECT count(*) AS own FROM (SELECT 1 FROM members WHERE account_id = ?1 LIMIT ?2)'

const CHOSEN =
  'SELECT m.id AS member FROM members m JOIN conversations c ON c.id = m.conversation_id WHERE m.account_id = ?1'

/** The columns of an own view, of the members that are chosen, in that order. */
const ownViews = (chosen: string, order = ''): string => `
  WITH chosen AS MATERIALIZED (${chosen}), seen AS MATERIALIZED (
    SELECT m.conversation_id, m.id AS member, ${READ_SEQ} AS read_seq
    FROM chosen CROSS JOIN members m ON m.id = chosen.member
  )
  SELECT c.id AS conversationId, c.last_change AS lastChange, ${PREFERENCE_COLUMNS}, m.role AS role, s.read_seq AS readSeq,
    ${unreadAfter('s.read_seq')} AS unread, ${mentionsAfter('s.read_seq', '?1')} AS mentions
  FROM seen s CROSS JOIN conversations c ON c.id = s.conversation_id
  CROSS JOIN members m ON m.id = s.member ${order}`

const BY_ACTIVITY = 'ORDER BY c.activity_at DESC, c.id DESC'
const BY_PIN = 'ORDER BY m.is_pinned DESC, c.activity_at DESC, c.id DESC'

// A conversation whose last message is not older than all that are looked at is found by looking at them.
const NEWEST_ACTIVE = ownViews(
  `
  SELECT m.id AS member FROM (
    SELECT DISTINCT conversation_id AS id FROM (
      SELECT conversation_id FROM messages ORDER BY id DESC LIMIT ${MESSAGES_LOOKED_AT})) active
  CROSS JOIN members m ON m.conversation_id = active.id AND m.account_id = ?1
  CROSS JOIN conversations c ON c.id = active.id
  WHERE c.activity_at >= coalesce((
    SELECT sent_at FROM messages ORDER BY id DESC LIMIT 1 OFFSET ${MESSAGES_LOOKED_AT - 1}), 0)
  ${BY_ACTIVITY} LIMIT ?2`,
  BY_ACTIVITY,
)

const NEWEST = ownViews(`${CHOSEN} ${BY_ACTIVITY} LIMIT ?2`, BY_ACTIVITY)

const LIST = ownViews(`${CHOSEN} AND m.is_archived = ?2 ${BY_PIN} LIMIT ?3`, BY_PIN)

const LIST_AFTER = ownViews(
  `
  ${CHOSEN} AND m.is_archived = ?2 AND (m.is_pinned, c.activity_at, c.id) < (?4, ?5, ?6)
  ${BY_PIN} LIMIT ?3`,
  BY_PIN,
)

const FIND = ownViews(`${CHOSEN} AND c.id IN (SELECT value FROM json_each(?2))`)

const NAMES = `
  SELECT c.id AS conversationId, c.name AS name, a.username AS username, a.display_name AS displayName,
    m.is_pinned AS isPinned, c.activity_at AS activityAt
  FROM members m
  JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = ?1 AND m.is_archived = ?2 AND m.conversation_id > ?3 ORDER BY m.conversation_id LIMIT ?4`
