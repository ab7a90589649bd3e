import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { type MovingSource, PAGE_ROWS } from '../../moving.ts'
import { columnNames, type Row, type Table, type TableName } from '../../tables.ts'
import { prepare, streamTuples } from '../statement.ts'

/** Everything that is staged, as rows of Parlance's tables. */
export const stagedSource = (db: DatabaseSync): MovingSource => ({
  count: async ({ name }) => {
    const staged = STAGED[name]
    return staged
      ? (prepare<{ rows: number }>(db, `SELECT count(*) AS rows FROM ${staged.from}`).get()?.rows ?? 0)
      : 0
  },
  pages: (table) => pagesOf(db, table),
  // The staging closes itself.
  close: async () => {},
})

async function* pagesOf(db: DatabaseSync, table: Table): AsyncGenerator<readonly Row[]> {
  const staged = STAGED[table.name]
  if (!staged) return
  const values = columnNames(table).map((column) => staged.columns[column] ?? 'NULL')
  let page: Row[] = []
  for (const row of streamTuples<Row>(db, `SELECT ${values} FROM ${staged.from} ORDER BY ${staged.order}`)) {
    page.push(row)
    if (page.length < PAGE_ROWS) continue
    yield page
    page = []
    await setImmediate()
  }
  if (page.length > 0) yield page
}

interface StagedTable {
  readonly from: string
  readonly order: string
  /** The value of each column that is not null. */
  readonly columns: Readonly<Record<string, string>>
}

const same = (names: string): Record<string, string> =>
  Object.fromEntries(names.split(' ').map((name) => [name, name]))

const IS_OWNER = `c.kind <> 'private' AND c.creator_id = m.account_id AND (
  SELECT is_guest FROM accounts a WHERE a.id = m.account_id) = 0`

/** The last that a member has read, or has written itself. */
const READ_SEQ = `CASE WHEN m.reads_all THEN c.last_seq ELSE max(
  coalesce((SELECT seq FROM messages t WHERE t.conversation_id = c.id AND t.sent_at <= m.read_at
    ORDER BY t.sent_at DESC LIMIT 1), 0),
  coalesce((SELECT max(seq) FROM messages t WHERE t.conversation_id = c.id AND t.sender_id = m.account_id), 0)) END`

const STAGED: Readonly<Partial<Record<TableName, StagedTable>>> = {
  accounts: {
    from: 'accounts',
    order: 'id',
    columns: {
      ...same(
        'id uuid username username_key username_look display_name display_key email email_key email_confirmed',
      ),
      ...same('bio password_hash is_guest disabled_at created_at last_seen_at current_conversation_id'),
      updated_at: 'created_at',
      credentials_since: '0',
      is_admin: '0',
    },
  },
  conversations: {
    from: 'conversations c',
    order: 'id',
    columns: {
      ...same(
        'id gid kind name name_key name_look pair creator_id created_at topic is_listed activity_at last_seq',
      ),
      ...same('last_message_id'),
      updated_at: 'created_at',
      // The change before the first message is its creation.
      last_change: 'last_seq + 1',
      members_add: '1',
      first_seq: '1',
      member_count: '(SELECT count(*) FROM members m WHERE m.conversation_id = c.id)',
      rewrites: '0',
    },
  },
  members: {
    from: 'members m JOIN conversations c ON c.id = m.conversation_id',
    order: 'm.id',
    columns: {
      id: 'm.id',
      conversation_id: 'm.conversation_id',
      account_id: 'm.account_id',
      role: `CASE WHEN ${IS_OWNER} THEN 'owner' ELSE 'member' END`,
      joined_at: 'm.joined_at',
      last_read_at: 'CASE WHEN m.reads_all THEN c.activity_at ELSE m.read_at END',
      last_read_seq: READ_SEQ,
      read_seq: READ_SEQ,
      sent_seq: 'c.last_seq',
      is_muted: '0',
      is_pinned: '0',
      is_archived: '0',
      notify: "'all'",
    },
  },
  messages: {
    from: 'messages',
    order: 'conversation_id, seq',
    columns: {
      ...same(
        'id conversation_id seq sender_id reply_to body sent_at edited_at is_markdown thread reply_count',
      ),
      ...same('last_reply_seq mentions reactions'),
      is_deleted: '0',
      change: 'seq + 1',
    },
  },
  reactions: {
    from: 'reactions',
    order: 'conversation_id, seq, key, account_id',
    columns: same('conversation_id seq key account_id at'),
  },
  mentions: {
    from: 'mentions',
    order: 'account_id, conversation_id, seq',
    columns: same('account_id conversation_id seq message_id'),
  },
  changes: {
    from: 'conversations',
    order: 'id',
    columns: {
      conversation_id: 'id',
      change: '1',
      kind: "'created'",
      account_id: 'creator_id',
      last_seq: '0',
      at: 'created_at',
    },
  },
  contacts: { from: 'contacts', order: 'id', columns: same('id account_id contact_id added_at') },
}
