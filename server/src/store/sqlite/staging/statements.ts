import type { DatabaseSync } from 'node:sqlite'
import type { NewId } from '../../staged.ts'
import { prepare } from '../statement.ts'

interface Id {
  readonly id: number
}

/** Every statement by which things are staged. */
export const stagingStatements = (db: DatabaseSync) => ({
  isUsernameTaken: prepare(db, 'SELECT 1 FROM accounts WHERE username_key = ? OR username_look = ?'),
  isConversationNameTaken: prepare(
    db,
    'SELECT 1 FROM conversations WHERE name_key = ? OR name_look = ? OR gid = ?',
  ),
  isEmailTaken: prepare(db, 'SELECT 1 FROM accounts WHERE email_key = ?'),
  isGidTaken: prepare(db, 'SELECT 1 FROM conversations WHERE gid = ?'),
  isUuidTaken: prepare(db, 'SELECT 1 FROM accounts WHERE uuid = ?'),
  isAccount: prepare(db, 'SELECT 1 FROM accounts WHERE id = ?'),
  isConversation: prepare(db, 'SELECT 1 FROM conversations WHERE id = ?'),
  lastAccount: prepare<Id>(db, 'SELECT max(id) AS id FROM accounts'),
  lastConversation: prepare<Id>(db, 'SELECT max(id) AS id FROM conversations'),
  accountId: prepare<Id>(db, 'SELECT id FROM accounts WHERE key = ?'),
  conversationId: prepare<Id>(
    db,
    `SELECT id FROM conversations WHERE key = ?
     UNION ALL SELECT conversation_id FROM aliases WHERE key = ? LIMIT 1`,
  ),
  hasMessage: prepare(db, 'SELECT 1 FROM raw_messages WHERE conversation_id = ? AND key = ?'),
  addAccount: prepare(
    db,
    `INSERT INTO accounts (id, key, uuid, username, username_key, username_look, display_name, display_key, email,
       email_key, email_confirmed, bio, password_hash, is_guest, disabled_at, created_at, last_seen_at)
     VALUES (${places(17)})`,
  ),
  addConversation: prepare(
    db,
    `INSERT INTO conversations (id, key, gid, kind, name, name_key, name_look, creator_id, created_at, topic, is_listed)
     VALUES (${places(11)})`,
  ),
  addAlias: prepare(db, 'INSERT OR IGNORE INTO aliases (key, conversation_id) VALUES (?, ?)'),
  addMember: prepare(
    db,
    `INSERT OR IGNORE INTO members (conversation_id, account_id, joined_at, reads_all, read_at)
     VALUES (${places(5)})`,
  ),
  addMessage: prepare(
    db,
    `INSERT INTO raw_messages (conversation_id, key, id, sender_id, body, at, place, reply_key, thread_key, edited_at,
       is_markdown, mentions)
     VALUES (${places(12)})`,
  ),
  addReaction: prepare(
    db,
    `INSERT OR IGNORE INTO raw_reactions (conversation_id, message_key, emoji, account_id) VALUES (${places(4)})`,
  ),
  addContact: prepare(
    db,
    'INSERT OR IGNORE INTO contacts (account_id, contact_id, added_at) VALUES (?, ?, ?)',
  ),
  setCurrent: prepare(db, 'UPDATE accounts SET current_conversation_id = ? WHERE key = ?'),
  note: prepare(db, 'INSERT INTO notes (note) VALUES (?)'),
  remember: prepare(db, 'INSERT INTO staging (name, value) VALUES (?, ?)'),
  notes: prepare<{ note: string }>(db, 'SELECT note FROM notes ORDER BY rowid'),
  newIds: prepare<NewId>(db, NEW_IDS),
})

function places(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

const NEW_IDS = `
  SELECT 'account' AS what, key AS was, id AS "is" FROM accounts WHERE key <> CAST(id AS TEXT)
  UNION ALL
  SELECT 'conversation', key, id FROM conversations WHERE key <> CAST(id AS TEXT)
  UNION ALL
  SELECT 'conversation', key, conversation_id FROM aliases WHERE key NOT LIKE '/%'
  UNION ALL
  SELECT 'message', key, id FROM messages WHERE key <> CAST(id AS TEXT)`
