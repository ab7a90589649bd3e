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
  OverviewStore,
  SessionOverview,
  Totals,
} from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { INVITE_COLUMNS, SESSION_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

export class PostgresOverview implements OverviewStore {
  readonly #accounts
  readonly #belongings
  readonly #conversations
  readonly #invites
  readonly #sessions
  readonly #accountTotals
  readonly #conversationTotals
  readonly #rest

  constructor(sql: Queryable) {
    this.#accounts = prepare<AccountOverview>(sql, ACCOUNTS)
    this.#belongings = prepare<Belongings>(sql, BELONGINGS)
    this.#conversations = prepare<ConversationOverview>(sql, CONVERSATIONS)
    this.#invites = prepare<InviteOverview>(sql, INVITES)
    this.#sessions = prepare<SessionOverview>(sql, SESSIONS)
    this.#accountTotals = prepare<Counted<AccountStatus>>(sql, ACCOUNT_TOTALS)
    this.#conversationTotals = prepare<Counted<ConversationKind> & { messages: number }>(
      sql,
      CONVERSATION_TOTALS,
    )
    this.#rest = prepare<TotalRows['rest']>(sql, REST)
  }

  accounts({ after, limit }: OverviewPage): Promise<readonly AccountOverview[]> {
    return this.#accounts.all(after, limit)
  }

  async belongings(accountId: AccountId, at: Micros): Promise<Belongings> {
    return theRow(await this.#belongings.get(accountId, at))
  }

  conversations({ after, limit }: OverviewPage): Promise<readonly ConversationOverview[]> {
    return this.#conversations.all(after, limit)
  }

  invites({ after, limit }: OverviewPage): Promise<readonly InviteOverview[]> {
    return this.#invites.all(after, limit)
  }

  sessions(accountId: AccountId, at: Micros): Promise<readonly SessionOverview[]> {
    return this.#sessions.all(accountId, at)
  }

  async totals(at: Micros): Promise<Totals> {
    const [accounts, conversations, rest] = await Promise.all([
      this.#accountTotals.all(),
      this.#conversationTotals.all(),
      this.#rest.get(at),
    ])
    return totalsOf({ accounts, conversations, rest: theRow(rest) })
  }
}

const STATUS = `
  CASE WHEN a.deleted_at IS NOT NULL THEN 'removed' WHEN a.disabled_at IS NOT NULL THEN 'disabled'
    WHEN a.is_guest THEN 'guest' ELSE 'active' END`

const ACCOUNTS = `
  SELECT a.id AS "accountId", a.username AS "username", a.display_name AS "displayName", a.email AS "email",
    ${STATUS} AS "status", a.is_admin AS "isAdmin", a.created_at AS "createdAt", a.last_seen_at AS "lastSeenAt"
  FROM accounts a WHERE a.id > $1 ORDER BY a.id LIMIT $2`

const BELONGINGS = `
  SELECT (SELECT count(*) FROM members WHERE account_id = $1) AS "conversations",
    (SELECT count(*) FROM contacts WHERE account_id = $1) AS "contacts",
    (SELECT count(*) FROM messages WHERE sender_id = $1 AND NOT is_deleted) AS "messages",
    (SELECT count(*) FROM sessions WHERE account_id = $1 AND expires_at > $2) AS "sessions",
    (SELECT count(*) FROM uploads WHERE account_id = $1 AND removed_at IS NULL) AS "files",
    (SELECT coalesce(sum(size), 0)::bigint FROM uploads
      WHERE account_id = $1 AND removed_at IS NULL) AS "fileBytes"`

const CONVERSATIONS = `
  SELECT c.id AS "conversationId", c.gid AS "gid", c.kind AS "kind", c.name AS "name",
    c.created_at AS "createdAt", c.activity_at AS "activityAt", c.member_count AS "members",
    c.last_seq AS "messages"
  FROM conversations c WHERE c.id > $1 AND c.deleted_at IS NULL ORDER BY c.id LIMIT $2`

const INVITES = `
  SELECT ${INVITE_COLUMNS}, c.name AS "name", a.username AS "maker" FROM invites i
  JOIN conversations c ON c.id = i.conversation_id JOIN accounts a ON a.id = i.maker_id
  WHERE i.id > $1 ORDER BY i.id LIMIT $2`

const SESSIONS = `
  SELECT ${SESSION_COLUMNS}, s.kind AS "kind" FROM sessions s
  WHERE s.account_id = $1 AND s.expires_at > $2 ORDER BY s.last_used_at DESC, s.created_at DESC, s.id`

const ACCOUNT_TOTALS = `SELECT ${STATUS} AS "name", count(*) AS "count" FROM accounts a GROUP BY 1`

const CONVERSATION_TOTALS = `
  SELECT kind AS "name", count(*) AS "count", sum(last_seq)::bigint AS "messages" FROM conversations
  WHERE deleted_at IS NULL GROUP BY kind`

const REST = `
  SELECT (SELECT count(*) FROM sessions WHERE expires_at > $1) AS "sessions",
    (SELECT count(*) FROM uploads WHERE removed_at IS NULL) AS "files",
    (SELECT coalesce(sum(size), 0)::bigint FROM uploads WHERE removed_at IS NULL) AS "fileBytes",
    pg_database_size(current_database()) AS "databaseBytes"`
