import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, MessageVersion } from '../../core/types.ts'
import { type ExportedMembershipRow, exportedMembership, exportedMessage } from '../exported.ts'
import type { DetailRow } from '../message-details.ts'
import type {
  ExportedBond,
  ExportedMembership,
  ExportedMessage,
  ExportedMessages,
  ExportedProfile,
  ExportedReaction,
  MessageWalk,
  ReactionPlace,
} from '../store.ts'
import { BODY, type StoredBody, textOf } from './bodies.ts'
import { PREFERENCE_COLUMNS, READ_SEQ } from './own-views.ts'
import { DETAIL_COLUMNS } from './rows.ts'
import { prepare, prepareTuples, type Row } from './statement.ts'

/** Messages that are looked at for one page: some ten milliseconds of the reading thread. */
const LOOKED_AT = 20_000
/** UTF-16 units of text after which a page is full. */
const FULL_AT = 1_048_576

type Place = readonly [conversationId: ConversationId, isDeleted: number, seq: number]
type PlacedRow = readonly [...Place, messageId: number, senderId: AccountId]
type StoredMessage = Omit<DetailRow, 'body'> & { readonly stored: StoredBody }

/** The reads of an export, on the thread for long reads. */
export class ExportReads {
  readonly #profile
  readonly #contacts
  readonly #blocks
  readonly #memberships
  readonly #reactions
  readonly #lastId
  readonly #places
  readonly #message
  readonly #versions

  constructor(db: DatabaseSync) {
    this.#profile = prepare<Row<ExportedProfile>>(db, PROFILE)
    this.#contacts = prepare<ExportedBond>(db, CONTACTS)
    this.#blocks = prepare<ExportedBond>(db, BLOCKS)
    this.#memberships = prepare<Row<ExportedMembershipRow>>(db, MEMBERSHIPS)
    this.#reactions = prepare<ExportedReaction>(db, REACTIONS)
    this.#lastId = prepare<{ id: number | null }>(db, 'SELECT max(id) AS id FROM messages')
    this.#places = prepareTuples<PlacedRow>(db, PLACES)
    this.#message = prepare<StoredMessage>(db, MESSAGE)
    this.#versions = prepare<Omit<MessageVersion, 'change'>>(db, VERSIONS)
  }

  profile(accountId: AccountId): ExportedProfile | undefined {
    const row = this.#profile.get(accountId)
    return row && { ...row, emailConfirmed: row.emailConfirmed === 1 }
  }

  contacts(accountId: AccountId, after: number, limit: number): readonly ExportedBond[] {
    return this.#contacts.all(accountId, after, limit).map((row) => ({ ...row }))
  }

  blocks(accountId: AccountId, after: number, limit: number): readonly ExportedBond[] {
    return this.#blocks.all(accountId, after, limit).map((row) => ({ ...row }))
  }

  memberships(accountId: AccountId, after: number, limit: number): readonly ExportedMembership[] {
    return this.#memberships.all(accountId, after, limit).map((row) =>
      exportedMembership({
        ...row,
        isMuted: row.isMuted === 1,
        isPinned: row.isPinned === 1,
        isArchived: row.isArchived === 1,
      }),
    )
  }

  reactions(accountId: AccountId, after: ReactionPlace | null, limit: number): readonly ExportedReaction[] {
    const { conversationId, seq, key } = after ?? { conversationId: 0, seq: 0, key: '' }
    return this.#reactions.all(accountId, conversationId, seq, key, limit).map((row) => ({ ...row }))
  }

  lastMessageId(): number {
    return this.#lastId.get()?.id ?? 0
  }

  /** Looks at the messages as they lie in the file: so each leaf of it is read once. */
  messages(accountId: AccountId, { after, upTo }: MessageWalk, limit: number): ExportedMessages {
    const [conversationId = 0, isDeleted = 0, seq = 0] = after
    const items: ExportedMessage[] = []
    let looked = 0
    let units = 0
    for (const row of this.#places.iterate(conversationId, isDeleted, seq)) {
      const [inConversation, isTombstone, place, messageId, senderId] = row
      if (senderId === accountId && isTombstone === 0 && messageId <= upTo) {
        const item = this.#read(inConversation, place)
        items.push(item)
        units += item.versions.reduce((sum, { body }) => sum + body.length, item.body.length)
      }
      if (++looked === LOOKED_AT || items.length === limit || units > FULL_AT)
        return { items, after: [inConversation, isTombstone, place] }
    }
    return { items, after: null }
  }

  #read(conversationId: ConversationId, seq: number): ExportedMessage {
    const row = this.#message.get(conversationId, seq)
    if (!row) throw new Error('a message that is not where it was just seen')
    const { stored, ...rest } = row
    // Most were never edited, and the look is spared.
    const versions = row.editedAt === null ? [] : this.#versions.all(conversationId, seq)
    return exportedMessage(
      { ...rest, body: textOf(stored) },
      versions.map((version) => ({ ...version })),
    )
  }
}

const PROFILE = `
  SELECT id AS accountId, uuid, username, display_name AS displayName, email, email_confirmed AS emailConfirmed, bio,
    created_at AS createdAt, updated_at AS updatedAt, last_seen_at AS lastSeenAt, settings
  FROM accounts WHERE id = ?`

const CONTACTS = `
  SELECT k.contact_id AS accountId, a.username AS username, k.added_at AS at
  FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = ? AND k.contact_id > ? ORDER BY k.contact_id LIMIT ?`

const BLOCKS = `
  SELECT b.blocked_id AS accountId, a.username AS username, b.blocked_at AS at
  FROM blocks b JOIN accounts a ON a.id = b.blocked_id
  WHERE b.blocker_id = ? AND b.blocked_id > ? ORDER BY b.blocked_id LIMIT ?`

const MEMBERSHIPS = `
  SELECT c.id AS conversationId, c.gid AS gid, c.kind AS kind, c.name AS name, o.account_id AS otherId,
    a.username AS otherName, m.role AS role, m.joined_at AS joinedAt, m.last_read_at AS lastReadAt,
    ${READ_SEQ} AS readSeq, ${PREFERENCE_COLUMNS}
  FROM members m JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = ? AND m.conversation_id > ? ORDER BY m.conversation_id LIMIT ?`

const REACTIONS = `
  SELECT conversation_id AS conversationId, seq, key, at FROM reactions
  WHERE account_id = ? AND (conversation_id, seq, key) > (?, ?, ?) ORDER BY conversation_id, seq, key LIMIT ?`

const PLACES = `
  SELECT conversation_id, is_deleted, seq, id, sender_id FROM messages
  WHERE (conversation_id, is_deleted, seq) > (?, ?, ?) ORDER BY conversation_id, is_deleted, seq`

const MESSAGE = `
  SELECT ${DETAIL_COLUMNS}, ${BODY} AS stored FROM messages t
  WHERE t.conversation_id = ? AND t.is_deleted = 0 AND t.seq = ?`

const VERSIONS = `
  SELECT body, written_at AS writtenAt FROM message_versions
  WHERE conversation_id = ? AND seq = ? ORDER BY change`
