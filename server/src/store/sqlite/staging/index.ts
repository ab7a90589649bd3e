import { DatabaseSync } from 'node:sqlite'
import { nameKey, nameLook } from '../../../lib/name-forms.ts'
import { displayKeyOf } from '../../found-accounts.ts'
import type { MovingSource } from '../../moving.ts'
import type {
  NewId,
  Note,
  StagedAccount,
  StagedConversation,
  StagedMember,
  StagedMessage,
  StagedReaction,
  Staging,
} from '../../staged.ts'
import { prepare } from '../statement.ts'
import { STAGING } from './schema.ts'
import { settle } from './settle.ts'
import { stagedSource } from './source.ts'
import { stagingStatements } from './statements.ts'

/** Rows that are committed together. */
const COMMIT_ROWS = 5_000
const ARCHIVE_ID = 'archive_id'

/** Makes an empty one in a file that is not there yet, or in a nameless file that nothing of is left. */
export function makeStaging(file: string | null): Staging {
  const db = open(file)
  db.exec(STAGING)
  return new SqliteStaging(db, null)
}

/** Opens one that an earlier run has left; undefined where it had not staged everything. */
export function reopenStaging(file: string): Staging | undefined {
  const db = open(file)
  try {
    const row = prepare<{ value: string }>(db, 'SELECT value FROM staging WHERE name = ?').get(ARCHIVE_ID)
    if (row) return new SqliteStaging(db, row.value)
  } catch (error) {
    // A run that was killed at its start has left a file without tables.
    if (!(error instanceof Error && /no such table/.test(error.message))) throw error
  }
  db.close()
  return undefined
}

function open(file: string | null): DatabaseSync {
  const db = new DatabaseSync(file ?? '')
  // A commit may be lost with the machine: then all is staged once more.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536',
  )
  return db
}

class SqliteStaging implements Staging {
  readonly #db: DatabaseSync
  readonly #do
  #readyAs: string | null
  #waiting = 0

  constructor(db: DatabaseSync, readyAs: string | null) {
    this.#db = db
    this.#readyAs = readyAs
    this.#do = stagingStatements(db)
    if (readyAs === null) db.exec('BEGIN')
  }

  get readyAs(): string | null {
    return this.#readyAs
  }

  isUsernameFree(username: string): boolean {
    return this.#do.isUsernameTaken.get(nameKey(username), nameLook(username)) === undefined
  }

  isConversationNameFree(name: string): boolean {
    return this.#do.isConversationNameTaken.get(nameKey(name), nameLook(name), name) === undefined
  }

  isEmailFree(email: string): boolean {
    return this.#do.isEmailTaken.get(nameKey(email)) === undefined
  }

  isGidFree(gid: string): boolean {
    return this.#do.isGidTaken.get(gid) === undefined
  }

  isUuidFree(uuid: string): boolean {
    return this.#do.isUuidTaken.get(uuid) === undefined
  }

  accountId(key: string): number | undefined {
    return this.#do.accountId.get(key)?.id
  }

  hasConversation(key: string): boolean {
    return this.#conversationId(key) !== undefined
  }

  hasMessage(conversationKey: string, key: string): boolean {
    return this.#do.hasMessage.get(this.#conversation(conversationKey), key) !== undefined
  }

  addAccount(account: StagedAccount): void {
    const { key, uuid, username, displayName, email, emailConfirmed, bio, passwordHash } = account
    const { isGuest, disabledAt, createdAt, lastSeenAt } = account
    const emailKey = email === null ? null : nameKey(email)
    const displayKey = isGuest ? null : displayKeyOf({ username, displayName })
    this.#do.addAccount.run(
      ...[this.#idFrom(account.id, 'accounts'), key, uuid, username, nameKey(username)],
      ...[nameLook(username) || null, displayName, displayKey, email, emailKey, Number(emailConfirmed), bio],
      ...[passwordHash, Number(isGuest), disabledAt, createdAt, lastSeenAt],
    )
    this.#count()
  }

  addConversation(conversation: StagedConversation): void {
    const { key, gid, kind, name, creatorKey, createdAt, topic, isListed } = conversation
    const [nameKeyed, look] =
      kind === 'open' && name !== null ? [nameKey(name), nameLook(name) || null] : [null, null]
    const creatorId = creatorKey === null ? null : (this.accountId(creatorKey) ?? null)
    this.#do.addConversation.run(
      ...[this.#idFrom(conversation.id, 'conversations'), key, gid, kind, name],
      ...[nameKeyed, look, creatorId, createdAt, topic, Number(isListed && kind === 'open' && name !== null)],
    )
    this.#count()
  }

  addAlias(key: string, conversationKey: string): void {
    this.#do.addAlias.run(key, this.#conversation(conversationKey))
    this.#count()
  }

  addMember({ conversationKey, accountKey, joinedAt, readAt }: StagedMember): void {
    const place = [this.#conversation(conversationKey), this.#account(accountKey)]
    this.#do.addMember.run(...place, joinedAt, Number(readAt === undefined), readAt ?? null)
    this.#count()
  }

  addMessage(message: StagedMessage): void {
    const { key, id, conversationKey, senderKey, body, at, order } = message
    const { replyKey = null, threadKey = null, editedAt = null, isMarkdown = false, mentions = [] } = message
    const named = mentions.map(({ key: named, at: place }) =>
      named === null ? { all: true, at: place } : { account: this.#account(named), at: place },
    )
    this.#do.addMessage.run(
      ...[this.#conversation(conversationKey), key, id, this.#account(senderKey), body, at, order, replyKey],
      ...[threadKey, editedAt, isMarkdown ? 1 : null, named.length > 0 ? JSON.stringify(named) : null],
    )
    this.#count()
  }

  addReaction({ conversationKey, messageKey, accountKey, emoji }: StagedReaction): void {
    this.#do.addReaction.run(
      this.#conversation(conversationKey),
      messageKey,
      emoji,
      this.#account(accountKey),
    )
    this.#count()
  }

  addContact({ accountKey, contactKey, at }: Parameters<Staging['addContact']>[0]): void {
    this.#do.addContact.run(this.#account(accountKey), this.#account(contactKey), at)
    this.#count()
  }

  setCurrent(accountKey: string, conversationKey: string): void {
    this.#do.setCurrent.run(this.#conversation(conversationKey), accountKey)
    this.#count()
  }

  note(note: Note): void {
    this.#do.note.run(JSON.stringify(note))
    this.#count()
  }

  async settle({ archiveId, onMessages }: Parameters<Staging['settle']>[0]): Promise<void> {
    await settle(this.#db, { note: (note) => this.note(note), onMessages })
    this.#do.remember.run(ARCHIVE_ID, archiveId)
    this.#db.exec('COMMIT')
    this.#readyAs = archiveId
  }

  *notes(): Iterable<Note> {
    // This program has written them.
    for (const { note } of this.#do.notes.iterate()) yield JSON.parse(note) as Note
  }

  newIds(): Iterable<NewId> {
    return this.#do.newIds.iterate()
  }

  source(): MovingSource {
    return stagedSource(this.#db)
  }

  close(): void {
    this.#db.close()
  }

  #idFrom(wanted: number | null, table: 'accounts' | 'conversations'): number {
    const taken = table === 'accounts' ? this.#do.isAccount : this.#do.isConversation
    if (wanted !== null && wanted > 0 && wanted < MAX_KEPT_ID && !taken.get(wanted)) return wanted
    const last = table === 'accounts' ? this.#do.lastAccount : this.#do.lastConversation
    return (last.get()?.id ?? 0) + 1
  }

  #account(key: string): number {
    const id = this.accountId(key)
    if (id === undefined) throw new Error(`no account ${key} is staged`)
    return id
  }

  #conversation(key: string): number {
    const id = this.#conversationId(key)
    if (id === undefined) throw new Error(`no conversation ${key} is staged`)
    return id
  }

  #conversationId(key: string): number | undefined {
    return this.#do.conversationId.get(key, key)?.id
  }

  #count(): void {
    this.#waiting += 1
    if (this.#waiting < COMMIT_ROWS || this.#readyAs !== null) return
    this.#db.exec('COMMIT; BEGIN')
    this.#waiting = 0
  }
}

/** Past it an id is no number that leaves room for those to come. */
const MAX_KEPT_ID = 2 ** 48
