import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationKind } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { type Counted, type TotalRows, theRow, totalsOf } from '../overview-rows.ts'
import type {
  AccountOverview,
  AccountStatus,
  Belongings,
  ConversationOverview,
  InviteOverview,
  OverviewPage,
  SessionOverview,
  Totals,
} from '../store.ts'
import { INVITE_COLUMNS, SESSION_COLUMNS } from './rows.ts'
import { prepare, type Row } from './statement.ts'

/** The reads of an operator, on the thread for long reads. */
export class OverviewReads {
  readonly #accounts
  readonly #belongings
  readonly #conversations
  readonly #invites
  readonly #sessions
  readonly #accountTotals
  readonly #conversationTotals
  readonly #rest

  constructor(db: DatabaseSync) {
    this.#accounts = prepare<Row<AccountOverview>>(db, ACCOUNTS)
    this.#belongings = prepare<Belongings>(db, BELONGINGS)
    this.#conversations = prepare<ConversationOverview>(db, CONVERSATIONS)
    this.#invites = prepare<InviteOverview>(db, INVITES)
    this.#sessions = prepare<SessionOverview>(db, SESSIONS)
    this.#accountTotals = prepare<Counted<AccountStatus>>(db, ACCOUNT_TOTALS)
    this.#conversationTotals = prepare<Counted<ConversationKind> & { messages: number }>(
      db,
      CONVERSATION_TOTALS,
    )
    this.#rest = prepare<TotalRows['rest']>(db, REST)
  }

  accounts({ after, limit }: OverviewPage): readonly AccountOverview[] {
    return this.#accounts.all(after, limit).map((row) => ({ ...row, isAdmin: row.isAdmin === 1 }))
  }

  belongings(accountId: AccountId, at: Micros): Belongings {
    const { conversations, contacts, messages, sessions, files, fileBytes } = theRow(
      this.#belongings.get(accountId, at),
    )
    return { conversations, contacts, messages, sessions, files, fileBytes }
  }

  conversations({ after, limit }: OverviewPage): readonly ConversationOverview[] {
    return this.#conversations.all(after, limit).map((row) => ({ ...row }))
  }

  invites({ after, limit }: OverviewPage): readonly InviteOverview[] {
    return this.#invites.all(after, limit).map((row) => ({ ...row }))
  }

  sessions(accountId: AccountId, at: Micros): readonly SessionOverview[] {
    return this.#sessions.all(accountId, at).map((row) => ({ ...row }))
  }

  totals(at: Micros): Totals {
    return totalsOf({
      accounts: this.#accountTotals.all(),
      conversations: this.#conversationTotals.all(),
      rest: { ...theRow(this.#rest.get(at)) },
    })
  }
}

const STATUS = `
  CASE WHEN a.deleted_at IS NOT NULL THEN 'removed' WHEN a.disabled_at IS NOT NULL THEN 'disabled'
    WHEN a.is_guest = 1 THEN 'guest' ELSE 'active' END`

const ACCOUNTS = `
  SELECT a.id AS accountId, a.username AS username, a.display_name AS displayName, a.email AS email,
    ${STATUS} AS status, a.is_admin AS isAdmin, a.created_at AS createdAt, a.last_seen_at AS lastSeenAt
  FROM accounts a WHERE a.id > ? ORDER BY a.id LIMIT ?`

const BELONGINGS = `
  SELECT (SELECT count(*) FROM members WHERE account_id = ?1) AS conversations,
    (SELECT count(*) FROM contacts WHERE account_id = ?1) AS contacts,
    (SELECT count(*) FROM messages WHERE sender_id = ?1 AND is_deleted = 0) AS messages,
    (SELECT count(*) FROM sessions WHERE account_id = ?1 AND expires_at > ?2) AS sessions,
    (SELECT count(*) FROM uploads WHERE account_id = ?1 AND removed_at IS NULL) AS files,
    (SELECT coalesce(sum(size), 0) FROM uploads WHERE account_id = ?1 AND removed_at IS NULL) AS fileBytes`

const CONVERSATIONS = `
  SELECT c.id AS conversationId, c.gid AS gid, c.kind AS kind, c.name AS name, c.created_at AS createdAt,
    c.activity_at AS activityAt, c.member_count AS members, c.last_seq AS messages
  FROM conversations c WHERE c.id > ? AND c.deleted_at IS NULL ORDER BY c.id LIMIT ?`

const INVITES = `
  SELECT ${INVITE_COLUMNS}, c.name AS name, a.username AS maker FROM invites i
  JOIN conversations c ON c.id = i.conversation_id JOIN accounts a ON a.id = i.maker_id
  WHERE i.id > ? ORDER BY i.id LIMIT ?`

const SESSIONS = `
  SELECT ${SESSION_COLUMNS}, s.kind AS kind FROM sessions s
  WHERE s.account_id = ? AND s.expires_at > ? ORDER BY s.last_used_at DESC, s.created_at DESC, s.id`

const ACCOUNT_TOTALS = `SELECT ${STATUS} AS name, count(*) AS count FROM accounts a GROUP BY 1`

const CONVERSATION_TOTALS = `
  SELECT kind AS name, count(*) AS count, sum(last_seq) AS messages FROM conversations
  WHERE deleted_at IS NULL GROUP BY kind`

const REST = `
  SELECT (SELECT count(*) FROM sessions WHERE expires_at > ?) AS sessions,
    (SELECT count(*) FROM uploads WHERE removed_at IS NULL) AS files,
    (SELECT coalesce(sum(size), 0) FROM uploads WHERE removed_at IS NULL) AS fileBytes,
    (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS databaseBytes`
