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
import { mentionsAfter, READ_SEQ, unreadAfter } from './own-views.ts'
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

/** A membership, by the activity of its conversation. */
type Candidate = readonly [member: number, activityAt: number, conversationId: ConversationId]

const byActivity = (one: Candidate, other: Candidate): number => other[1] - one[1] || other[2] - one[2]

export class SqliteMemberships implements MembershipStore {
  readonly #writer: WriteQueue
  readonly #hasMore
  readonly #active
  readonly #latest
  readonly #newest
  readonly #views
  readonly #list
  readonly #listAfter
  readonly #find
  readonly #names
  readonly #reader: ListingReader

  constructor(db: DatabaseSync, writer: WriteQueue, reader: ListingReader) {
    this.#reader = reader
    this.#writer = writer
    this.#hasMore = prepare<{ readonly one: 1 }>(db, HAS_MORE)
    this.#active = prepareTuples<Candidate>(db, ACTIVE)
    this.#latest = prepareTuples<Candidate>(db, LATEST)
    this.#newest = prepareTuples<Candidate>(db, NEWEST)
    this.#views = prepareTuples<OwnRow>(db, VIEWS)
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
      for (;;) {
        const newest = this.#newestOf(accountId, limit)
        const rows = this.#views.all(accountId, JSON.stringify(newest.map(([member]) => member)))
        // Fewer where the account has left one meanwhile, and then another has its place.
        if (rows.length === newest.length) return this.#listings(accountId, rows)
      }
    })
  }

  #newestOf(accountId: AccountId, limit: number): readonly Candidate[] {
    const active = this.#hasMoreThan(limit * FEW_PAGES, accountId) ? this.#active.all(accountId, limit) : []
    if (active.length < limit) return this.#newest.all(accountId, limit)
    const known = new Map<number, Candidate>()
    for (const one of active) known.set(one[0], one)
    // A conversation in which nobody has spoken yet is among those that were made last.
    for (const one of this.#latest.all(accountId, limit)) known.set(one[0], one)
    return [...known.values()].sort(byActivity).slice(0, limit)
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

  #hasMoreThan(count: number, accountId: AccountId): boolean {
    return this.#hasMore.get(accountId, count) !== undefined
  }

  #listings(accountId: AccountId, rows: readonly OwnRow[]): readonly OwnListing[] {
    const listings: OwnListing[] = []
    for (const row of rows) {
      const [conversationId, lastChange] = row
      const listing = this.#reader.find(accountId, conversationId, lastChange)
      if (!listing) continue
      const { conversation, lastMessage, other } = listing
      listings.push({ conversation, lastMessage, other, own: ownViewOf(row) })
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

const HAS_MORE = 'SELECT 1 AS one FROM members WHERE account_id = ? LIMIT 1 OFFSET ?'

const CHOSEN =
  'SELECT m.id AS member FROM members m JOIN conversations c ON c.id = m.conversation_id WHERE m.account_id = ?1'

/**
 * The columns of an own view, of the members that are chosen, in that order. Where nothing is said after a place, nothing
 * is looked for after it.
 */
const ownViews = (chosen: string, order = ''): string => `
  WITH seen AS MATERIALIZED (
    SELECT c.id AS id, c.last_change AS last_change, c.first_seq AS first_seq, c.last_seq AS last_seq,
      c.rewrites AS rewrites, c.activity_at AS activity_at, m.is_muted AS is_muted, m.is_pinned AS is_pinned,
      m.is_archived AS is_archived, m.notify AS notify, m.role AS role,
      CASE WHEN c.last_seq > max(m.read_seq, m.sent_seq) THEN ${READ_SEQ} ELSE m.read_seq END AS read_seq
    FROM (${chosen}) chosen CROSS JOIN members m ON m.id = chosen.member
    CROSS JOIN conversations c ON c.id = m.conversation_id
  )
  SELECT c.id, c.last_change, c.is_muted, c.is_pinned, c.is_archived, c.notify, c.role, c.read_seq,
    ${unreadAfter('c.read_seq')},
    CASE WHEN c.last_seq > c.read_seq THEN ${mentionsAfter('c.read_seq', '?1')} ELSE 0 END
  FROM seen c ${order}`

const BY_ACTIVITY = 'ORDER BY c.activity_at DESC, c.id DESC'
const BY_PIN = 'ORDER BY m.is_pinned DESC, c.activity_at DESC, c.id DESC'
const SEEN_BY_PIN = 'ORDER BY c.is_pinned DESC, c.activity_at DESC, c.id DESC'

const CANDIDATE = 'SELECT m.id, c.activity_at, c.id FROM'

// The conversations of the newest messages come first, and no more are looked at than are wanted. Deleted messages count
// for nothing: a conversation was last active when the newest that it still has was sent.
const ACTIVE = `
  ${CANDIDATE} (
    SELECT DISTINCT conversation_id AS id FROM (
      SELECT conversation_id, is_deleted FROM messages ORDER BY id DESC LIMIT ${MESSAGES_LOOKED_AT})
    WHERE is_deleted = 0) active
  CROSS JOIN members m ON m.conversation_id = active.id AND m.account_id = ?1
  CROSS JOIN conversations c ON c.id = active.id LIMIT ?2`

const LATEST = `
  ${CANDIDATE} members m CROSS JOIN conversations c ON c.id = m.conversation_id
  WHERE m.account_id = ?1 ORDER BY m.conversation_id DESC LIMIT ?2`

const NEWEST = `
  ${CANDIDATE} members m CROSS JOIN conversations c ON c.id = m.conversation_id
  WHERE m.account_id = ?1 ${BY_ACTIVITY} LIMIT ?2`

// Without a limit: with one, SQLite takes twice as long to sort what it has found.
const VIEWS = ownViews('SELECT value AS member FROM json_each(?2)', BY_ACTIVITY)

const LIST = ownViews(`${CHOSEN} AND m.is_archived = ?2 ${BY_PIN} LIMIT ?3`, SEEN_BY_PIN)

const LIST_AFTER = ownViews(
  `
  ${CHOSEN} AND m.is_archived = ?2 AND (m.is_pinned, c.activity_at, c.id) < (?4, ?5, ?6)
  ${BY_PIN} LIMIT ?3`,
  SEEN_BY_PIN,
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
