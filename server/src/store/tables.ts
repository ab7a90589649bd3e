/** How a value stands in a portable row: a truth is 0 or 1, as a number. */
type ColumnKind = 'integer' | 'text' | 'flag'

/** One table as both engines have it. */
export interface Table {
  readonly name: TableName
  /** In the order in which a portable row has them. */
  readonly columns: Readonly<Record<string, ColumnKind>>
  /** The columns that order its rows, texts by their bytes. */
  readonly key: readonly string[]
}

/** Null, or as its column's kind says. */
type Value = number | string | null
export type Row = readonly Value[]

export type TableName =
  | 'accounts'
  | 'conversations'
  | 'members'
  | 'messages'
  | 'purged_sends'
  | 'uploads'
  | 'message_versions'
  | 'reactions'
  | 'mentions'
  | 'changes'
  | 'bans'
  | 'invites'
  | 'contacts'
  | 'blocks'
  | 'sessions'
  | 'account_numbers'
  | 'account_rows'
  | 'account_removals'
  | 'conversation_removals'
  | 'request_keys'
  | 'audit'

/**
 * Every table of people's data, in an order in which rows follow those they refer to. Exceptions are an account's
 * current conversation and a conversation's last message. Tables that a database keeps for its servers are left out:
 * its migrations, leases, notices of changed credentials, settings such as its epoch, the index of words, which a server makes
 * anew, and PostgreSQL's writers.
 */
export const TABLES: readonly Table[] = [
  {
    name: 'accounts',
    columns: {
      id: 'integer',
      uuid: 'text',
      username: 'text',
      username_key: 'text',
      username_look: 'text',
      display_name: 'text',
      email: 'text',
      email_key: 'text',
      email_confirmed: 'flag',
      bio: 'text',
      password_hash: 'text',
      is_guest: 'flag',
      disabled_at: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
      last_seen_at: 'integer',
      credentials_since: 'integer',
      current_conversation_id: 'integer',
      settings: 'text',
      deleted_at: 'integer',
      display_key: 'text',
      is_admin: 'flag',
    },
    key: ['id'],
  },
  {
    name: 'conversations',
    columns: {
      id: 'integer',
      gid: 'text',
      kind: 'text',
      name: 'text',
      name_key: 'text',
      name_look: 'text',
      pair: 'text',
      creator_id: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
      activity_at: 'integer',
      last_seq: 'integer',
      last_change: 'integer',
      last_message_id: 'integer',
      topic: 'text',
      is_listed: 'flag',
      members_add: 'flag',
      first_seq: 'integer',
      member_count: 'integer',
      rewrites: 'integer',
      retention_days: 'integer',
      purge_before: 'integer',
      purged_id: 'integer',
      deleted_at: 'integer',
    },
    key: ['id'],
  },
  {
    name: 'members',
    columns: {
      id: 'integer',
      conversation_id: 'integer',
      account_id: 'integer',
      role: 'text',
      joined_at: 'integer',
      last_read_at: 'integer',
      last_read_seq: 'integer',
      read_seq: 'integer',
      sent_seq: 'integer',
      is_muted: 'flag',
      is_pinned: 'flag',
      is_archived: 'flag',
      notify: 'text',
    },
    key: ['id'],
  },
  {
    name: 'messages',
    columns: {
      id: 'integer',
      conversation_id: 'integer',
      is_deleted: 'flag',
      seq: 'integer',
      change: 'integer',
      sender_id: 'integer',
      client_id: 'text',
      reply_to: 'integer',
      body: 'text',
      sent_at: 'integer',
      deleted_at: 'integer',
      version: 'integer',
      text_change: 'integer',
      edited_at: 'integer',
      is_markdown: 'flag',
      thread: 'integer',
      reply_count: 'integer',
      last_reply_seq: 'integer',
      pinned_at: 'integer',
      mentions: 'text',
      reactions: 'text',
      attachments: 'text',
    },
    // As SQLite's file lies; and loaded so, a history lies together in PostgreSQL's too.
    key: ['conversation_id', 'is_deleted', 'seq'],
  },
  {
    name: 'purged_sends',
    columns: {
      sender_id: 'integer',
      client_id: 'text',
      conversation_id: 'integer',
      seq: 'integer',
      message_id: 'integer',
      change: 'integer',
      sent_at: 'integer',
      purged_at: 'integer',
    },
    key: ['sender_id', 'client_id'],
  },
  {
    name: 'uploads',
    columns: {
      id: 'text',
      account_id: 'integer',
      name: 'text',
      type: 'text',
      size: 'integer',
      received: 'integer',
      sha256: 'text',
      width: 'integer',
      height: 'integer',
      created_at: 'integer',
      touched_at: 'integer',
      conversation_id: 'integer',
      seq: 'integer',
      removed_at: 'integer',
    },
    key: ['id'],
  },
  {
    name: 'message_versions',
    columns: {
      conversation_id: 'integer',
      seq: 'integer',
      change: 'integer',
      body: 'text',
      written_at: 'integer',
    },
    key: ['conversation_id', 'seq', 'change'],
  },
  {
    name: 'reactions',
    columns: {
      conversation_id: 'integer',
      seq: 'integer',
      key: 'text',
      account_id: 'integer',
      at: 'integer',
    },
    key: ['conversation_id', 'seq', 'key', 'account_id'],
  },
  {
    name: 'mentions',
    columns: { account_id: 'integer', conversation_id: 'integer', seq: 'integer', message_id: 'integer' },
    key: ['account_id', 'conversation_id', 'seq'],
  },
  {
    name: 'changes',
    columns: {
      conversation_id: 'integer',
      change: 'integer',
      kind: 'text',
      account_id: 'integer',
      message_id: 'integer',
      last_seq: 'integer',
      at: 'integer',
      data: 'text',
    },
    key: ['conversation_id', 'change'],
  },
  {
    name: 'bans',
    columns: { conversation_id: 'integer', account_id: 'integer', by_id: 'integer', at: 'integer' },
    key: ['conversation_id', 'account_id'],
  },
  {
    name: 'invites',
    columns: {
      id: 'integer',
      conversation_id: 'integer',
      maker_id: 'integer',
      digest: 'text',
      created_at: 'integer',
      expires_at: 'integer',
      max_uses: 'integer',
      uses: 'integer',
    },
    key: ['id'],
  },
  {
    name: 'contacts',
    columns: { id: 'integer', account_id: 'integer', contact_id: 'integer', added_at: 'integer' },
    key: ['id'],
  },
  {
    name: 'blocks',
    columns: { blocked_id: 'integer', blocker_id: 'integer', blocked_at: 'integer' },
    key: ['blocked_id', 'blocker_id'],
  },
  {
    name: 'sessions',
    columns: {
      kind: 'text',
      digest: 'text',
      id: 'text',
      account_id: 'integer',
      device: 'text',
      address: 'text',
      created_at: 'integer',
      last_used_at: 'integer',
      expires_at: 'integer',
    },
    key: ['kind', 'digest'],
  },
  {
    name: 'account_numbers',
    columns: { account_id: 'integer', last: 'integer' },
    key: ['account_id'],
  },
  {
    name: 'account_rows',
    columns: { account_id: 'integer', kind: 'text', key: 'text', number: 'integer', is_gone: 'flag' },
    key: ['account_id', 'kind', 'key'],
  },
  {
    name: 'account_removals',
    columns: { account_id: 'integer', message_id: 'integer', removes_messages: 'flag' },
    key: ['account_id'],
  },
  {
    name: 'conversation_removals',
    columns: { conversation_id: 'integer', wished_at: 'integer' },
    key: ['conversation_id'],
  },
  {
    name: 'request_keys',
    columns: {
      account_id: 'integer',
      key: 'text',
      operation: 'text',
      digest: 'text',
      result_id: 'integer',
      is_new: 'flag',
      nonce: 'text',
      at: 'integer',
    },
    key: ['account_id', 'key'],
  },
  {
    name: 'audit',
    columns: {
      id: 'integer',
      at: 'integer',
      actor: 'text',
      origin: 'text',
      act: 'text',
      subject: 'text',
      outcome: 'text',
      ended_at: 'integer',
    },
    key: ['id'],
  },
]

export const columnNames = ({ columns }: Table): string[] => Object.keys(columns)
