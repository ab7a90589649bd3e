/** Tables for everything that is staged, first as it comes and then in its place. */
export const STAGING = `
CREATE TABLE staging (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE notes (note TEXT NOT NULL) STRICT;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  uuid TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  username_look TEXT UNIQUE,
  display_name TEXT NOT NULL,
  display_key TEXT,
  email TEXT,
  email_key TEXT UNIQUE,
  email_confirmed INTEGER NOT NULL,
  bio TEXT,
  password_hash TEXT,
  is_guest INTEGER NOT NULL,
  disabled_at INTEGER,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  current_conversation_id INTEGER
) STRICT;

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  gid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT,
  name_key TEXT UNIQUE,
  name_look TEXT UNIQUE,
  pair TEXT UNIQUE,
  creator_id INTEGER,
  created_at INTEGER NOT NULL,
  topic TEXT,
  is_listed INTEGER NOT NULL,
  activity_at INTEGER,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_message_id INTEGER
) STRICT;
CREATE TABLE aliases (key TEXT PRIMARY KEY, conversation_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  reads_all INTEGER NOT NULL,
  read_at INTEGER,
  UNIQUE (conversation_id, account_id)
) STRICT;

CREATE TABLE raw_messages (
  conversation_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  id INTEGER,
  sender_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  place TEXT NOT NULL,
  reply_key TEXT,
  thread_key TEXT,
  edited_at INTEGER,
  is_markdown INTEGER,
  mentions TEXT
) STRICT;
CREATE UNIQUE INDEX raw_messages_key ON raw_messages (conversation_id, key);

CREATE TABLE raw_reactions (
  conversation_id INTEGER NOT NULL,
  message_key TEXT NOT NULL,
  emoji TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, message_key, emoji, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  UNIQUE (account_id, contact_id)
) STRICT;

-- Messages in their places.
CREATE TABLE messages (
  conversation_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  id INTEGER NOT NULL,
  key TEXT NOT NULL,
  sender_id INTEGER NOT NULL,
  body TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  reply_to INTEGER,
  thread INTEGER,
  edited_at INTEGER,
  is_markdown INTEGER,
  mentions TEXT,
  reply_count INTEGER,
  last_reply_seq INTEGER,
  reactions TEXT,
  PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE reactions (
  conversation_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, seq, key, account_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE mentions (
  account_id INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, conversation_id, seq)
) STRICT, WITHOUT ROWID;
`
