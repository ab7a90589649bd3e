import type { AccountId } from '../../core/types.ts'
import { type ExportedMembershipRow, exportedMembership, exportedMessage } from '../exported.ts'
import type { DetailRow } from '../message-details.ts'
import type {
  ExportedBond,
  ExportedMembership,
  ExportedMessage,
  ExportedMessages,
  ExportedProfile,
  ExportedReaction,
  ExportStore,
  MessageWalk,
  ReactionPlace,
} from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { PREFERENCE_COLUMNS, READ_SEQ } from './own-views.ts'
import { DETAIL_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

/** Ids that are looked at for one page: some milliseconds of the database. */
const LOOKED_AT = 5_000

type StoredMessage = DetailRow & { readonly versions: string | null }

export class PostgresExports implements ExportStore {
  readonly #profile
  readonly #contacts
  readonly #blocks
  readonly #memberships
  readonly #reactions
  readonly #lastId
  readonly #end
  readonly #messages

  constructor(sql: Queryable) {
    this.#profile = prepare<ExportedProfile>(sql, PROFILE)
    this.#contacts = prepare<ExportedBond>(sql, CONTACTS)
    this.#blocks = prepare<ExportedBond>(sql, BLOCKS)
    this.#memberships = prepare<ExportedMembershipRow>(sql, MEMBERSHIPS)
    this.#reactions = prepare<ExportedReaction>(sql, REACTIONS)
    this.#lastId = prepare<{ id: number | null }>(sql, 'SELECT max(id) AS id FROM messages')
    this.#end = prepare<{ upTo: number | null }>(sql, END)
    this.#messages = prepare<StoredMessage>(sql, MESSAGES)
  }

  profile(accountId: AccountId): Promise<ExportedProfile | undefined> {
    return this.#profile.get(accountId)
  }

  contacts(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]> {
    return this.#contacts.all(accountId, after, limit)
  }

  blocks(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]> {
    return this.#blocks.all(accountId, after, limit)
  }

  async memberships(
    accountId: AccountId,
    after: number,
    limit: number,
  ): Promise<readonly ExportedMembership[]> {
    return (await this.#memberships.all(accountId, after, limit)).map(exportedMembership)
  }

  reactions(
    accountId: AccountId,
    after: ReactionPlace | null,
    limit: number,
  ): Promise<readonly ExportedReaction[]> {
    const { conversationId, seq, key } = after ?? { conversationId: 0, seq: 0, key: '' }
    return this.#reactions.all(accountId, conversationId, seq, key, limit)
  }

  async lastMessageId(): Promise<number> {
    return (await this.#lastId.get())?.id ?? 0
  }

  /** Looks at the messages in the order of their ids, in which most of them lie in the table. */
  async messages(
    accountId: AccountId,
    { after, upTo }: MessageWalk,
    limit: number,
  ): Promise<ExportedMessages> {
    const [from = 0] = after
    const end = (await this.#end.get(from, LOOKED_AT))?.upTo ?? null
    if (end === null) return { items: [], after: null }
    const items = (await this.#messages.all(from, Math.min(end, upTo), accountId, limit)).map(itemOf)
    const seen = items.length === limit ? (items.at(-1)?.messageId ?? end) : end
    return { items, after: seen < upTo ? [seen] : null }
  }
}

const itemOf = ({ versions, ...row }: StoredMessage): ExportedMessage =>
  // The query has written them so.
  exportedMessage(row, versions === null ? [] : (JSON.parse(versions) as ExportedMessage['versions']))

const PROFILE = `
  SELECT id AS "accountId", uuid, username, display_name AS "displayName", email,
    email_confirmed AS "emailConfirmed", bio, created_at AS "createdAt", updated_at AS "updatedAt",
    last_seen_at AS "lastSeenAt", settings
  FROM accounts WHERE id = $1`

const CONTACTS = `
  SELECT k.contact_id AS "accountId", a.username AS "username", k.added_at AS "at"
  FROM contacts k JOIN accounts a ON a.id = k.contact_id
  WHERE k.account_id = $1 AND k.contact_id > $2 ORDER BY k.contact_id LIMIT $3`

const BLOCKS = `
  SELECT b.blocked_id AS "accountId", a.username AS "username", b.blocked_at AS "at"
  FROM blocks b JOIN accounts a ON a.id = b.blocked_id
  WHERE b.blocker_id = $1 AND b.blocked_id > $2 ORDER BY b.blocked_id LIMIT $3`

const MEMBERSHIPS = `
  SELECT c.id AS "conversationId", c.gid AS "gid", c.kind AS "kind", c.name AS "name", o.account_id AS "otherId",
    a.username AS "otherName", m.role AS "role", m.joined_at AS "joinedAt", m.last_read_at AS "lastReadAt",
    ${READ_SEQ} AS "readSeq", ${PREFERENCE_COLUMNS}
  FROM members m JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN members o ON c.kind = 'private' AND o.conversation_id = c.id AND o.account_id <> m.account_id
  LEFT JOIN accounts a ON a.id = o.account_id
  WHERE m.account_id = $1 AND m.conversation_id > $2 ORDER BY m.conversation_id LIMIT $3`

const REACTIONS = `
  SELECT conversation_id AS "conversationId", seq, key, at FROM reactions
  WHERE account_id = $1 AND (conversation_id, seq, key) > ($2, $3, $4)
  ORDER BY conversation_id, seq, key LIMIT $5`

const END =
  'SELECT max(id) AS "upTo" FROM (SELECT id FROM messages WHERE id > $1 ORDER BY id LIMIT $2) looked_at'

const MESSAGES = `
  SELECT ${DETAIL_COLUMNS}, CASE WHEN t.edited_at IS NOT NULL THEN (
    SELECT json_agg(json_build_object('body', v.body, 'writtenAt', v.written_at) ORDER BY v.change)
    FROM message_versions v WHERE v.conversation_id = t.conversation_id AND v.seq = t.seq)::text END AS "versions"
  FROM messages t
  WHERE t.id > $1 AND t.id <= $2 AND t.sender_id = $3 AND NOT t.is_deleted ORDER BY t.id LIMIT $4`
