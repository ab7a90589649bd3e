import type { DatabaseSync } from 'node:sqlite'
import { outdated, UNFINISHED, unfinished } from '../import-guard.ts'
import { type Migration, pendingMigrations } from '../migrate.ts'
import { TABLES } from '../tables.ts'
import { ADMINISTRATION } from './administration-schema.ts'
import { AUDIT } from './audit-schema.ts'
import { DETAILS } from './details-schema.ts'
import { FILES } from './files-schema.ts'
import { defineNames, LOOKS } from './looks.ts'
import { foreign } from './refusals.ts'
import { REQUESTS } from './requests-schema.ts'
import { RETENTION } from './retention-schema.ts'
import { RIGHTS } from './rights-schema.ts'
import { SEARCH } from './search-schema.ts'
import { SEARCHES } from './searches-schema.ts'
import { prepare } from './statement.ts'

interface Migrating {
  readonly known?: readonly Migration[]
  /** Called before the first change of a database that has a schema, while nobody else can write. */
  readonly onChange?: (change: SchemaChange) => void
}

/** Numbers of the newest migration, before and after. */
export interface SchemaChange {
  readonly from: number
  readonly to: number
}

/** Brings the schema up to date, in one transaction that a second starter waits for. */
export function migrate(
  db: DatabaseSync,
  file: string,
  { known = MIGRATIONS, onChange }: Migrating = {},
): void {
  // A table that others refer to can be replaced only so. Checked again before the commit.
  defineNames(db)
  db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE')
  try {
    const from = applied(db, file)
    const pending = pendingMigrations(known, from, file)
    if (from > 0 && pending.length > 0) onChange?.({ from, to: known.length })
    for (const { number, name, sql } of pending) {
      db.exec(sql)
      prepare(db, 'INSERT INTO schema_migrations (number, name) VALUES (?, ?)').run(number, name)
    }
    if (pending.length > 0) requireNoneDangling(db)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  } finally {
    db.exec('PRAGMA foreign_keys = ON')
  }
}

/** Refuses a database that is not of this version, or holds part of an import. */
export function requireCurrent(db: DatabaseSync, file: string): void {
  const names = tableNames(db)
  if (names.has(UNFINISHED)) throw unfinished(file)
  if (!names.has('schema_migrations') || TABLES.some(({ name }) => !names.has(name))) throw foreign(file)
  if (schemaOf(db) !== MIGRATIONS.length) throw outdated(file)
}

export const tableNames = (db: DatabaseSync): ReadonlySet<string> =>
  new Set(
    prepare<{ name: string }>(db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name),
  )

/** The number of the newest migration. */
export const schemaOf = (db: DatabaseSync): number =>
  prepare<{ number: number | null }>(db, 'SELECT max(number) AS number FROM schema_migrations').get()
    ?.number ?? 0

function requireNoneDangling(db: DatabaseSync): void {
  const dangling = prepare<{ table: string }>(db, 'PRAGMA foreign_key_check').get()
  if (dangling) throw new Error(`a migration left a row of ${dangling.table} without what it refers to`)
}

function applied(db: DatabaseSync, file: string): number {
  const tables = prepare<{ name: string }>(db, 'SELECT name FROM sqlite_schema').all()
  if (tables.length === 0) {
    db.exec(`
      CREATE TABLE schema_migrations (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
      ) STRICT`)
  } else if (!tables.some(({ name }) => name === 'schema_migrations')) throw foreign(file)
  const newest = prepare<{ number: number | null }>(
    db,
    'SELECT max(number) AS number FROM schema_migrations',
  ).get()
  return newest?.number ?? 0
}

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'accounts, conversations, messages',
    sql: `
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL,
  -- As names are compared. Null once a guest's name is given back.
  username_key TEXT UNIQUE,
  display_name TEXT NOT NULL,
  email TEXT,
  email_key TEXT UNIQUE,
  email_confirmed INTEGER NOT NULL DEFAULT 0,
  bio TEXT NOT NULL DEFAULT '',
  password_hash TEXT,
  is_guest INTEGER NOT NULL,
  disabled_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  credentials_since INTEGER NOT NULL DEFAULT 0,
  current_conversation_id INTEGER REFERENCES conversations (id)
) STRICT;
CREATE INDEX accounts_listed ON accounts (id) WHERE is_guest = 0 AND disabled_at IS NULL;
CREATE INDEX accounts_guests ON accounts (last_seen_at) WHERE is_guest = 1 AND username_key IS NOT NULL;

CREATE TABLE sessions (
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (kind, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account_id, kind, last_used_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  contact_id INTEGER NOT NULL REFERENCES accounts (id),
  added_at INTEGER NOT NULL,
  UNIQUE (account_id, contact_id)
) STRICT;

CREATE TABLE blocks (
  blocked_id INTEGER NOT NULL REFERENCES accounts (id),
  blocker_id INTEGER NOT NULL REFERENCES accounts (id),
  blocked_at INTEGER NOT NULL,
  PRIMARY KEY (blocked_id, blocker_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  gid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('private', 'group', 'open')),
  name TEXT,
  -- Only of an open one: there names are unique.
  name_key TEXT UNIQUE CHECK (name_key IS NULL OR kind = 'open'),
  -- 'low:high', the two account ids of a private one.
  pair TEXT UNIQUE CHECK ((pair IS NULL) = (kind <> 'private')),
  creator_id INTEGER NOT NULL REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  activity_at INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_change INTEGER NOT NULL DEFAULT 0,
  -- The newest that is not deleted.
  last_message_id INTEGER REFERENCES messages (id)
) STRICT;

CREATE TABLE members (
  -- The order of joining.
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  joined_at INTEGER NOT NULL,
  last_read_at INTEGER,
  last_read_seq INTEGER NOT NULL DEFAULT 0,
  UNIQUE (conversation_id, account_id)
) STRICT;
CREATE INDEX members_account ON members (account_id, conversation_id);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  change INTEGER NOT NULL,
  sender_id INTEGER NOT NULL REFERENCES accounts (id),
  client_id TEXT,
  reply_to INTEGER REFERENCES messages (id),
  -- Empty once deleted.
  body TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  deleted_at INTEGER,
  UNIQUE (conversation_id, seq)
) STRICT;
CREATE UNIQUE INDEX messages_client ON messages (sender_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_page ON messages (conversation_id, id) WHERE deleted_at IS NULL;

-- Every change that is not the sending of a message: with messages.change, 1 to last_change without a hole.
CREATE TABLE changes (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  change INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('created', 'joined', 'left', 'deleted')),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  message_id INTEGER REFERENCES messages (id),
  -- The conversation's last_seq then. Up to the next row here, message (last_seq + n) is change (change + n):
  -- so the messages after a change are found by their seq, and need no index by change.
  last_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, change)
) STRICT, WITHOUT ROWID;
`,
  },
  {
    number: 2,
    name: 'messages in the order of their conversations',
    // Clustered: a page of history is a few pages of the file, and a send touches one leaf instead of three.
    sql: `
CREATE TABLE clustered (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  -- The deleted stand aside, so that no reader of a history steps over them.
  is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted = (deleted_at IS NOT NULL)),
  seq INTEGER NOT NULL,
  -- Grows in commit order; so within a conversation the order of ids is the order of seq.
  id INTEGER NOT NULL,
  change INTEGER NOT NULL,
  sender_id INTEGER NOT NULL REFERENCES accounts (id),
  client_id TEXT,
  reply_to INTEGER REFERENCES messages (id),
  -- Empty once deleted.
  body TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (conversation_id, is_deleted, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO clustered (conversation_id, is_deleted, seq, id, change, sender_id, client_id, reply_to, body,
  sent_at, deleted_at)
SELECT conversation_id, deleted_at IS NOT NULL, seq, id, change, sender_id, client_id, reply_to, body,
  sent_at, deleted_at
FROM messages ORDER BY conversation_id, deleted_at IS NOT NULL, seq;
DROP TABLE messages;
ALTER TABLE clustered RENAME TO messages;
CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE UNIQUE INDEX messages_client ON messages (sender_id, client_id) WHERE client_id IS NOT NULL;
`,
  },
  {
    number: 3,
    name: 'a bio is null until it is set',
    // Until here an empty bio mostly meant that none was set, and the two cannot be told apart.
    sql: `
ALTER TABLE accounts RENAME COLUMN bio TO old_bio;
ALTER TABLE accounts ADD COLUMN bio TEXT;
UPDATE accounts SET bio = old_bio WHERE old_bio <> '';
ALTER TABLE accounts DROP COLUMN old_bio;
`,
  },
  {
    number: 4,
    name: 'notices of changed credentials',
    sql: `
-- One of each account whose credentials were changed: servers look for those that another process has made.
CREATE TABLE account_notices (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
  number INTEGER NOT NULL UNIQUE
) STRICT;
`,
  },
  { number: 5, name: 'what names look like', sql: LOOKS },
  {
    number: 6,
    name: 'what the native dialect keeps',
    sql: `
-- Without a list of kinds: SQLite can change a CHECK only by writing the whole table anew.
CREATE TABLE logged (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  change INTEGER NOT NULL,
  kind TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  message_id INTEGER REFERENCES messages (id),
  -- The conversation's last_seq then. Up to the next row here, message (last_seq + n) is change (change + n):
  -- so the messages after a change are found by their seq, and need no index by change.
  last_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- JSON, with facts that only some kinds need, to be told again.
  data TEXT,
  PRIMARY KEY (conversation_id, change)
) STRICT, WITHOUT ROWID;
INSERT INTO logged (conversation_id, change, kind, account_id, message_id, last_seq, at)
SELECT conversation_id, change, kind, account_id, message_id, last_seq, at FROM changes
ORDER BY conversation_id, change;
DROP TABLE changes;
ALTER TABLE logged RENAME TO changes;

-- The change that last touched the message; null while that is the one of its sending.
ALTER TABLE messages ADD COLUMN version INTEGER;
-- The change that gave it its text; null while that is the one of its sending.
ALTER TABLE messages ADD COLUMN text_change INTEGER;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;

-- The texts that messages had before they were edited.
CREATE TABLE message_versions (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq INTEGER NOT NULL,
  -- The one that gave the message this text.
  change INTEGER NOT NULL,
  body TEXT NOT NULL,
  written_at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, seq, change)
) STRICT, WITHOUT ROWID;

-- An account's own state: each row of it was last touched by one of the account's numbers, 1 to last.
CREATE TABLE account_numbers (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
  last INTEGER NOT NULL
) STRICT;
CREATE TABLE account_rows (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  is_gone INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_rows_number ON account_rows (account_id, number);

-- How far each member has read. Sending moves the mark too, but rarely writes it: the member's own last message lies
-- fewer than 64 places above sent_seq.
ALTER TABLE members ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN sent_seq INTEGER NOT NULL DEFAULT 0;
UPDATE members SET read_seq = c.last_seq, sent_seq = c.last_seq FROM conversations c
WHERE c.id = members.conversation_id;
-- Each member's own settings.
ALTER TABLE members ADD COLUMN is_muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN notify TEXT NOT NULL DEFAULT 'all';

-- JSON, the client's own.
ALTER TABLE accounts ADD COLUMN settings TEXT;

ALTER TABLE accounts ADD COLUMN deleted_at INTEGER;
-- The blocks that an account ends when it removes itself.
CREATE INDEX blocks_blocker ON blocks (blocker_id);

-- Accounts that have removed themselves, while something is left to do.
CREATE TABLE account_removals (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
  -- Messages up to this id are done.
  message_id INTEGER NOT NULL,
  removes_messages INTEGER NOT NULL
) STRICT;

${DETAILS}${RIGHTS}`,
  },
  { number: 7, name: 'what requests of the native dialect need', sql: REQUESTS },
  { number: 8, name: 'accounts found by their names, and the epoch', sql: SEARCHES },
  { number: 9, name: 'files that hang on messages', sql: FILES },
  { number: 10, name: 'messages found by their words', sql: SEARCH },
  { number: 11, name: 'the acts of operators', sql: AUDIT },
  { number: 12, name: 'messages that are kept for a time only', sql: RETENTION },
  { number: 13, name: 'administrators, and conversations that they delete', sql: ADMINISTRATION },
  {
    number: 14,
    name: 'client ids in the order of their making',
    // Ids that begin with the time, as a UUID of version 7 does, are entered at the index's end, and not at as many places as there are senders.
    sql: `
DROP INDEX messages_client;
CREATE UNIQUE INDEX messages_client ON messages (client_id, sender_id) WHERE client_id IS NOT NULL;
`,
  },
]
