import type { DatabaseSync } from 'node:sqlite'
import type { Purpose } from '../import-guard.ts'
import type { Store } from '../store.ts'
import { AccountReader } from './account-reader.ts'
import { SqliteAccountState } from './account-state.ts'
import { SqliteAccounts } from './accounts.ts'
import { SqliteAudit } from './audit.ts'
import { SqliteChanges } from './change-log.ts'
import { SqliteContacts } from './contacts.ts'
import { ConversationReader } from './conversation-reader.ts'
import { SqliteConversationRemovals } from './conversation-removals.ts'
import { SqliteConversations } from './conversations.ts'
import { openForReading } from './database.ts'
import { EPOCH } from './epoch.ts'
import { SqliteExports } from './exports.ts'
import { read } from './failure.ts'
import { SqliteFiles } from './files.ts'
import { SqliteInvites } from './invites.ts'
import { ListingReader } from './listing-reader.ts'
import { SqliteMembers } from './members.ts'
import { SqliteMemberships } from './memberships.ts'
import { SqliteMentions } from './mentions.ts'
import { SqliteMessages } from './messages.ts'
import { SqliteOverview } from './overview.ts'
import { SqlitePins } from './pins.ts'
import { SqliteReactions } from './reactions.ts'
import { ReadCache } from './read-cache.ts'
import { ReadingThread } from './reading-thread.ts'
import { SqliteRemovals } from './removals.ts'
import { SqliteRetention } from './retention.ts'
import { SqliteSearch } from './search.ts'
import { SqliteSessions } from './sessions.ts'
import { prepare } from './statement.ts'
import { WriteQueue, type WriterHooks } from './write-queue.ts'

export interface SqliteOptions extends WriterHooks {
  /** Made if absent, with its directory. */
  readonly file: string
}

/** Opens an existing file of this version, also beside a server. Throws `StoreRefusal`. */
export const openSqliteToOperate = (file: string): Promise<Store> => open(file, 'operate', {})

/** Opens and migrates the file. Throws `StoreRefusal`, also when another server has it open. */
export const openSqliteStore = ({ file, ...hooks }: SqliteOptions): Promise<Store> =>
  open(file, 'serve', hooks)

async function open(file: string, purpose: Purpose, hooks: WriterHooks): Promise<Store> {
  const cache = new ReadCache()
  const writer = await WriteQueue.open({ file, purpose }, cache, hooks)
  try {
    return new SqliteStore({ db: openForReading(file), thread: new ReadingThread(file), writer, cache })
  } catch (error) {
    await writer.close()
    throw error
  }
}

interface SqliteParts {
  readonly db: DatabaseSync
  readonly thread: ReadingThread
  readonly writer: WriteQueue
  readonly cache: ReadCache
}

class SqliteStore implements Store {
  readonly accounts
  readonly accountState
  readonly sessions
  readonly contacts
  readonly conversations
  readonly files
  readonly invites
  readonly members
  readonly memberships
  readonly messages
  readonly mentions
  readonly pins
  readonly reactions
  readonly search
  readonly changes
  readonly removals
  readonly conversationRemovals
  readonly retention
  readonly exports
  readonly overview
  readonly audit
  readonly #db: DatabaseSync
  readonly #thread: ReadingThread
  readonly #writer: WriteQueue
  readonly #ping
  readonly #epoch
  #closing: Promise<void> | undefined

  constructor({ db, thread, writer, cache }: SqliteParts) {
    this.#db = db
    this.#thread = thread
    this.#writer = writer
    this.#ping = prepare(db, 'SELECT name FROM schema_migrations WHERE number = 1')
    this.#epoch = prepare<{ value: string }>(db, EPOCH)
    const reader = new AccountReader(db, cache)
    const conversations = new ConversationReader(db, cache)
    this.accounts = new SqliteAccounts(db, { writer, cache, reader })
    this.accountState = new SqliteAccountState(db)
    this.sessions = new SqliteSessions(db, writer, cache)
    this.contacts = new SqliteContacts(db, writer)
    this.conversations = new SqliteConversations(db, { writer, cache, reader: conversations })
    this.members = new SqliteMembers(db, writer)
    this.files = new SqliteFiles(db, writer)
    this.invites = new SqliteInvites(db, writer)
    this.memberships = new SqliteMemberships(db, writer, new ListingReader(db, cache.listings, reader))
    this.messages = new SqliteMessages(db, writer, reader)
    this.mentions = new SqliteMentions(db, reader)
    this.pins = new SqlitePins(db, writer, reader)
    this.reactions = new SqliteReactions(db, writer)
    this.search = new SqliteSearch(db, thread, reader)
    this.removals = new SqliteRemovals(db, writer)
    this.conversationRemovals = new SqliteConversationRemovals(db, writer)
    this.retention = new SqliteRetention(db, writer)
    this.exports = new SqliteExports(thread)
    this.overview = new SqliteOverview(thread)
    this.audit = new SqliteAudit(db, writer)
    this.changes = new SqliteChanges(db, reader, conversations)
  }

  async epoch(): Promise<string> {
    const kept = await read(() => this.#epoch.get())
    if (!kept) throw new Error('no server has opened this database yet')
    return kept.value
  }

  async ping(): Promise<void> {
    await read(() => this.#ping.get())
    await this.#writer.write('ping', null)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Accepted writes are answered while reads still work; a failed writer has nothing to answer.
    await this.#writer.write('ping', null).catch(() => {})
    await this.#thread.close()
    // The reader first: the last connection to go folds the log into the file, and must be able to write.
    this.#db.close()
    await this.#writer.close()
  }
}
