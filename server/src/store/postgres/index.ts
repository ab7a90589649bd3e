import { setTimeout } from 'node:timers/promises'
import { newUuid } from '../../lib/ids.ts'
import { shownPostgres } from '../../lib/postgres-address.ts'
import type { Store } from '../store.ts'
import { PostgresAccountState } from './account-state.ts'
import { PostgresAccounts } from './accounts.ts'
import { PostgresAudit } from './audit.ts'
import { PostgresChanges } from './change-log.ts'
import { PostgresContacts } from './contacts.ts'
import { PostgresConversationRemovals } from './conversation-removals.ts'
import { PostgresConversations } from './conversations.ts'
import { connectForReading, openForMigrating } from './database.ts'
import type { Pool } from './driver/index.ts'
import { EPOCH } from './epoch.ts'
import { PostgresExports } from './exports.ts'
import { isAway, isUnknownHost, unavailable } from './failure.ts'
import { PostgresFiles } from './files.ts'
import { requireFit } from './fitness.ts'
import { PostgresInvites } from './invites.ts'
import { PostgresMembers } from './members.ts'
import { PostgresMemberships } from './memberships.ts'
import { PostgresMentions } from './mentions.ts'
import { PostgresMessages } from './messages.ts'
import { PostgresOverview } from './overview.ts'
import { PostgresPins } from './pins.ts'
import { PostgresReactions } from './reactions.ts'
import { awaySentence, refusalOf } from './refusals.ts'
import { PostgresRemovals } from './removals.ts'
import { PostgresRetention } from './retention.ts'
import { migrate } from './schema.ts'
import { PostgresSearch } from './search.ts'
import { SearchFollower } from './search-follower.ts'
import { PostgresSessions } from './sessions.ts'
import { prepare } from './statement.ts'
import { WriteQueue, type WriterHooks } from './write-queue.ts'

export interface PostgresOptions extends WriterHooks {
  /** `postgres://user:password@host:port/database`; `?search_path=name` keeps its tables in that schema. */
  readonly url: string
  /** Called once when the database does not answer. It is asked again until it does. */
  readonly onWaiting?: ((sentence: string) => Promise<void>) | undefined
  /** Milliseconds to wait for a host that no name server knows: a minute by default. */
  readonly unknownHostMs?: number | undefined
}

const UNKNOWN_HOST_MS = 60_000

/** Between two tries to open it: doubling from the first to the most. */
const RETRY_MS = { first: 100, most: 2000 }

/** Connects and migrates; several nodes may do so at once. Throws `StoreRefusal` for what waiting does not mend. */
export async function openPostgresStore({
  url,
  onWaiting,
  unknownHostMs,
  ...hooks
}: PostgresOptions): Promise<PostgresStore> {
  await migrateOnceThere({ url, onWaiting, unknownHostMs })
  const sql = connectForReading(url)
  const writer = new WriteQueue({ url, onReadOnly: () => sql.renew(), ...hooks })
  return new PostgresStore(sql, writer, new SearchFollower(sql))
}

async function migrateOnceThere({
  url,
  onWaiting,
  unknownHostMs = UNKNOWN_HOST_MS,
}: Pick<PostgresOptions, 'url' | 'onWaiting' | 'unknownHostMs'>): Promise<void> {
  const database = shownPostgres(url)
  const startedAt = performance.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await migrateNow(url, database)
    } catch (error) {
      const isMistyped = isUnknownHost(error) && performance.now() - startedAt > unknownHostMs
      if (!isAway(error) || isMistyped) throw refusalOf(error, database)
      if (attempt === 0) await onWaiting?.(awaySentence(error, database))
      await setTimeout(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** attempt))
    }
  }
}

async function migrateNow(url: string, database: string): Promise<void> {
  const connection = await openForMigrating(url)
  try {
    await requireFit(connection, database)
    await migrate(connection, database)
  } finally {
    await connection.close()
  }
}

/** A store that several nodes may have open at once. */
export class PostgresStore implements Store {
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
  readonly #sql: Pool
  readonly #writer: WriteQueue
  readonly #follower: SearchFollower | undefined
  readonly #ping
  readonly #propose
  readonly #kept
  readonly #identity
  #closing: Promise<void> | undefined

  /** Without a follower nothing is added to the index of messages' words. */
  constructor(sql: Pool, writer: WriteQueue, follower?: SearchFollower) {
    this.#follower = follower
    this.#sql = sql
    this.#writer = writer
    this.#ping = prepare(sql, 'SELECT 1')
    this.#propose = prepare(sql, 'INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING')
    this.#kept = prepare<{ value: string }>(sql, 'SELECT value FROM settings WHERE name = $1')
    this.#identity = prepare<{ oid: string }>(sql, "SELECT 'settings'::regclass::oid::text AS oid")
    this.accounts = new PostgresAccounts(sql, writer)
    this.accountState = new PostgresAccountState(sql)
    this.sessions = new PostgresSessions(sql, writer)
    this.contacts = new PostgresContacts(sql, writer)
    this.conversations = new PostgresConversations(sql, writer)
    this.members = new PostgresMembers(sql, writer)
    this.files = new PostgresFiles(sql, writer)
    this.invites = new PostgresInvites(sql, writer)
    this.memberships = new PostgresMemberships(sql, writer)
    this.messages = new PostgresMessages(sql, writer)
    this.mentions = new PostgresMentions(sql)
    this.pins = new PostgresPins(sql, writer)
    this.reactions = new PostgresReactions(sql, writer)
    this.search = new PostgresSearch(sql)
    this.removals = new PostgresRemovals(sql, writer)
    this.conversationRemovals = new PostgresConversationRemovals(sql, writer)
    this.retention = new PostgresRetention(sql, writer)
    this.exports = new PostgresExports(sql)
    this.overview = new PostgresOverview(sql)
    this.audit = new PostgresAudit(sql, writer)
    this.changes = new PostgresChanges(sql)
  }

  async ping(): Promise<void> {
    if (this.#closing) throw unavailable(new Error('the store is closed'))
    // A write like any other: reads do not show that a server only reads, or that a disk is full.
    await Promise.all([this.#ping.get(), this.#writer.write('ping', null)])
  }

  /** Named after the table itself, which `pg_restore` makes anew: what a dump has brought along is another database's. */
  async epoch(): Promise<string> {
    const table = await this.#identity.get()
    return this.agreeOn(`${EPOCH}${table?.oid}`, newUuid())
  }

  /** The value that was proposed first under that name, by whichever node. */
  async agreeOn(name: string, proposal: string): Promise<string> {
    await this.#propose.get(name, proposal)
    const kept = await this.#kept.get(name)
    if (!kept) throw new Error(`nothing was kept as ${name}`)
    return kept.value
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#follower?.close()])
    await this.#sql.end(1)
  }
}
