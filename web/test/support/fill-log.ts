import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'

interface Filling {
  readonly conversationId: number
  /** Accounts that take turns to speak. */
  readonly senders: readonly number[]
  readonly count: number
  /** The text of a message, from the first one on. */
  readonly bodyOf: (number: number) => string
  /** The message up to which all members have read. */
  readonly readUpTo: number
}

/** Microseconds between two messages: some hundred to each day. */
const PAUSE = 3 * 60 * 1_000_000

/**
 * Writes messages into the log of a conversation that has none, in a database that no server has open. A hundred thousand take a
 * twentieth of the time in which a server would store them. They are found by no search.
 */
export function fillLog(path: string, filling: Filling): void {
  const db = new DatabaseSync(path)
  try {
    db.exec('BEGIN')
    writeMessages(db, filling)
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

function writeMessages(
  db: DatabaseSync,
  { conversationId, senders, count, bodyOf, readUpTo }: Filling,
): void {
  const head = db
    .prepare('SELECT last_seq AS seq, last_change AS change FROM conversations WHERE id = ?')
    .get(conversationId)
  assert.equal(head?.seq, 0)
  const base = Number(db.prepare('SELECT coalesce(max(id), 0) AS id FROM messages').get()?.id)
  const begin = Date.now() * 1_000 - (count + 1) * PAUSE
  const insert = db.prepare(INSERT)
  for (let number = 1; number <= count; number++)
    insert.run(
      base + number,
      conversationId,
      number,
      Number(head.change) + number,
      senders[number % senders.length] ?? null,
      bodyOf(number),
      begin + number * PAUSE,
    )
  const at = begin + count * PAUSE
  db.prepare(MOVE).run(begin, count, Number(head.change) + count, base + count, at, conversationId)
  db.prepare('UPDATE members SET read_seq = ? WHERE conversation_id = ?').run(readUpTo, conversationId)
  db.prepare('UPDATE search_position SET message_id = ?').run(base + count)
}

const INSERT = `
  INSERT INTO messages (id, conversation_id, seq, change, sender_id, body, sent_at, is_markdown)
  VALUES (?, ?, ?, ?, ?, ?, ?, 1)`

const MOVE = `
  UPDATE conversations
  SET created_at = ?, last_seq = ?, last_change = ?, last_message_id = ?, activity_at = ? WHERE id = ?`
