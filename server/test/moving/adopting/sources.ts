import { argon2Sync, createHash, pbkdf2Sync, scryptSync } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import postgres from 'postgres'
import { tempDir } from '../../support/temp-dir.ts'

// Databases of the programs that people come from, filled with names of our own.

export const PASSWORD = 'correct horse battery'

/** As argon2-cffi writes it, with parameters above OWASP's floor. */
export const ARGON2ID = argon2id(PASSWORD, 19_456)
/** One that is wrapped. */
const WEAK_ARGON2ID = argon2id(PASSWORD, 512)

function argon2id(message: string, memory: number): string {
  const cost = { memory, passes: 2, parallelism: 1, tagLength: 32 }
  const nonce = Buffer.from('sixteen-of-bytes')
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const tag = argon2Sync('argon2id', { message, nonce, ...cost })
  return `$argon2id$v=19$m=${memory},t=2,p=1$${base64(nonce)}$${base64(tag)}`
}

/** A SQLite file with these statements in it. */
export async function sqliteFile(
  t: TestContext,
  name: string,
  ...statements: readonly string[]
): Promise<string> {
  const file = join(await tempDir(t), name)
  const db = new DatabaseSync(file)
  for (const statement of statements) db.exec(statement)
  db.close()
  return file
}

export const CHATAPP_TABLES = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, fullname TEXT, password TEXT, is_online INTEGER,
    last_online INTEGER, created_at INTEGER);
  CREATE TABLE contacts (user_id INTEGER, contact_id INTEGER);
  CREATE TABLE conversations (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE members (conversation_id INTEGER, user_id INTEGER);
  CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER, conversation_id INTEGER, reply_id INTEGER,
    sent_at INTEGER, content TEXT);`

/** Ann, Bob and Cid; a conversation of two, one of three, and everything that Parlance would not take as it is. */
export const chatappFile = (t: TestContext): Promise<string> =>
  sqliteFile(
    t,
    'chatapp.db',
    CHATAPP_TABLES,
    `INSERT INTO users VALUES (3, 'ann', 'Ann Other', '${ARGON2ID}', 0, 1700000100, 1700000000),
      (5, 'bob', 'Bob', '${ARGON2ID}', 1, 1700000200, 1700000000),
      (9, 'cid', 'Cid', 'md5:0123', 0, NULL, 1700000000), (12, 'ANN', '', '${ARGON2ID}', 0, NULL, NULL)`,
    `INSERT INTO contacts VALUES (3, 5), (5, 3), (3, 77)`,
    `INSERT INTO conversations VALUES (4, 'Ann and Bob'), (6, 'Planning'), (8, 'Ann and Bob once more'), (10, 'Nobody')`,
    `INSERT INTO members VALUES (4, 3), (4, 5), (6, 3), (6, 5), (6, 9), (6, 9), (8, 5), (8, 3)`,
    `INSERT INTO messages VALUES (20, 3, 4, NULL, 1700000300, 'Hello Bob'), (21, 5, 4, 20, 1700000300, 'Hello Ann'),
      (22, 3, 4, NULL, 1700000301, ''), (25, 41, 6, NULL, 1700000400, 'from somebody who is gone'),
      (26, 9, 6, 99, 1700000401, 'an answer to nothing'), (27, 3, 60, NULL, 1700000402, 'into the void'),
      (28, 3, 6, NULL, 'soon', 'a NUL ' || char(0) || 'in the middle')`,
  )

const postgresWith = async (url: string, statements: string): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql.unsafe(statements)
  await sql.end()
}

/** Ann and Bob with a private chat and a group, whose times have a zone. */
export const fillMessenger = (url: string): Promise<void> =>
  postgresWith(
    url,
    `CREATE TABLE "user" (id serial PRIMARY KEY, username varchar(64) UNIQUE, password varchar(2047),
       email varchar(255) UNIQUE, email_confirmed bool, bio varchar(64), created_at timestamptz, updated_at timestamptz);
     CREATE TABLE chat (id serial PRIMARY KEY, name varchar(255), type varchar(7), creator_id int, created_at timestamptz,
       updated_at timestamptz);
     CREATE TABLE chat_participant (id serial PRIMARY KEY, joined_at timestamptz, chat_id int, user_id int);
     CREATE TABLE message (id serial PRIMARY KEY, contents varchar(2047), author_id int, chat_id int,
       created_at timestamptz, updated_at timestamptz);
     CREATE TABLE aerich (id serial);
     INSERT INTO "user" VALUES (2, 'ann', '${ARGON2ID}', 'ann@example.org', true, 'hiking', '2023-08-09 01:17:46.419120+02', now()),
       (4, 'bob', '${WEAK_ARGON2ID}', 'bob@example.org', false, NULL, '2023-08-09 01:17:46+00', now());
     INSERT INTO chat VALUES (7, NULL, 'private', 4, '2023-08-09 02:00:00+00', now()),
       (9, 'Hikers', 'group', 2, '2023-08-09 03:00:00+00', now()), (11, NULL, 'private', 2, '2023-08-09 04:00:00+00', now());
     INSERT INTO chat_participant VALUES (1, now(), 7, 4), (2, now(), 7, 2), (3, now(), 9, 2), (4, now(), 9, 4),
       (5, now(), 9, 4), (6, now(), 11, 2);
     INSERT INTO message VALUES (30, 'first', 4, 7, '2023-08-09 02:01:00.123456+00', now()),
       (31, 'second', 2, 7, '2023-08-09 02:01:00.123456+00', now()), (33, 'to the group', 2, 9, '2023-08-09 03:01:00+00', now());`,
  )

/** A room of Ann's in which Bob has written; times have no zone, and passwords are stored as they are. */
export const fillRooms = (url: string): Promise<void> =>
  postgresWith(
    url,
    `CREATE TABLE users (id serial PRIMARY KEY, uuid varchar, login varchar, username varchar, password varchar);
     CREATE TABLE rooms (id serial PRIMARY KEY, room_gid varchar, owner int, created timestamp);
     CREATE TABLE messages (id serial PRIMARY KEY, room int, sender int, created timestamp, msg varchar);
     CREATE TABLE alembic_version (version_num varchar);
     INSERT INTO users VALUES (1, '6f9619ff-8b86-d011-b42d-00c04fc964ff', 'ann', 'Ann', '${PASSWORD}'),
       (2, '6f9619ff-8b86-d011-b42d-00c04fc964fe', 'bob', 'Bob', '${createHash('md5').update(PASSWORD).digest('hex')}');
     INSERT INTO rooms VALUES (5, 'aB3dE6gH', 1, '2019-01-08 23:00:00'), (6, 'my-room', 1, '2019-01-08 23:01:00');
     INSERT INTO messages VALUES (8, 5, 1, '2019-01-08 23:02:03.656864', 'anybody here?'), (9, 5, 2, '2019-01-08 23:02:04', 'me');`,
  )

const WERKZEUG_PBKDF2 = 'pbkdf2:sha256:1000$pepper$'
const WERKZEUG_SCRYPT = 'scrypt:1024:8:1$pepper$'

/** Ann and Bob with a channel each way, without any times. */
export const channelsFile = (t: TestContext): Promise<string> =>
  sqliteFile(
    t,
    'channels.db',
    `CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(50) UNIQUE, password VARCHAR(128));
     CREATE TABLE channels (id INTEGER PRIMARY KEY, name VARCHAR(60), from_user INTEGER, to_user INTEGER);
     CREATE TABLE messages (id INTEGER PRIMARY KEY, message TEXT, from_user INTEGER, to_user INTEGER, channel_id INTEGER);
     INSERT INTO users VALUES
       (1, 'ann', '${WERKZEUG_PBKDF2}${pbkdf2Sync(PASSWORD, 'pepper', 1000, 32, 'sha256').toString('hex')}'),
       (2, 'bob', '${WERKZEUG_SCRYPT}${scryptSync(PASSWORD, 'pepper', 64, { N: 1024, r: 8, p: 1 }).toString('hex')}');
     INSERT INTO channels VALUES (3, 'private-chat_2_1', 2, 1), (4, 'private-chat_1_2', 1, 2);
     INSERT INTO messages VALUES (11, 'one', 2, 1, 3), (12, 'two', 1, 2, 4), (13, 'three', 2, 1, 3);`,
  )
