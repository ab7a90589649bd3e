import type { Bus } from '../bus/bus.ts'
import type { Files } from '../files/files.ts'
import type { Clock } from '../lib/clock.ts'
import { type PasswordCost, Passwords } from '../lib/password.ts'
import type { Store } from '../store/store.ts'
import { AccountState } from './account-state.ts'
import { Accounts } from './accounts.ts'
import { Administration } from './administration.ts'
import { Audit } from './audit.ts'
import type { BackUpMaker } from './back-up-maker.ts'
import { BackUps } from './back-ups.ts'
import { ChangeLog } from './change-log.ts'
import { Contacts } from './contacts.ts'
import { ConversationRemovals } from './conversation-removals.ts'
import { Conversations } from './conversations.ts'
import { Credentials } from './credentials.ts'
import { Directory } from './directory.ts'
import { Downloads } from './downloads.ts'
import { Exports } from './exports.ts'
import { FileRemovals } from './file-removals.ts'
import { Invites } from './invites.ts'
import { Members } from './members.ts'
import { Memberships } from './memberships.ts'
import { Mentions } from './mentions.ts'
import { Messages } from './messages.ts'
import type { PasswordPolicy } from './password-policy.ts'
import { People } from './people.ts'
import { Pins } from './pins.ts'
import { Presence } from './presence.ts'
import { Profiles } from './profiles.ts'
import { Reactions } from './reactions.ts'
import { Receipts } from './receipts.ts'
import { Removals } from './removals.ts'
import { Retention } from './retention.ts'
import { Search } from './search.ts'
import { Sessions } from './sessions.ts'
import { Typing } from './typing.ts'
import { Uploads } from './uploads.ts'
import { Visits } from './visits.ts'

export type { ByteRange } from '../files/files.ts'
export type { Appended, CreatedConversation, Standing, StoredFile } from '../store/store.ts'
export { AccountExport, type ExportLine } from './account-export.ts'
export { AccountNotices } from './account-notices.ts'
export type { Administrator } from './administration.ts'
export { withSender } from './authored.ts'
export {
  BackUpFailure,
  type BackUpFault,
  type BackUpMaker,
  type BackUpProgress,
  type MadeBackUp,
} from './back-up-maker.ts'
export type { BackUpState } from './back-ups.ts'
export type { CompleteFile } from './downloads.ts'
export * from './errors.ts'
export * from './events.ts'
export { mayBeShown } from './media-type.ts'
export { faultWords, nameFault, newName } from './names.ts'
export type { Once } from './once.ts'
export { passwordPolicyOf } from './password-policy.ts'
export { actionsOf, may, mayGiveRole, maySend } from './policy.ts'
export { type FoundMessage, MAX_PHRASES } from './search.ts'
export * from './types.ts'
export { TYPING_LEASE_MS } from './typing.ts'
export { type Appending, IDLE_MICROS, MAX_FILE_BYTES } from './uploads.ts'
export type { Accounts, Audit, ChangeLog, Conversations, Credentials, Presence }

interface ChatOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly maxMessageBytes: number
  /** Where the bytes of files are kept. Without it nothing can be uploaded. */
  readonly files?: Files
  /** Bytes of all files of one account; 2 GiB without it. */
  readonly filesQuota?: number
  /** Days for which messages are kept; 0, and without it, for ever. */
  readonly retentionDays?: number
  /** OWASP's floor without it. */
  readonly passwordCost?: PasswordCost
  /** Whether clients that send the MD5 of a password log in with it. False by default. */
  readonly md5Passwords?: boolean
  /** Without it, any password may be set. */
  readonly passwordPolicy?: PasswordPolicy | undefined
  /** Makes the codes of invites that may be asked for twice. One for this process without it. */
  readonly inviteCodeKey?: string | undefined
  /** Makes back-ups for administrators. Without it there are none. */
  readonly backUpMaker?: BackUpMaker | undefined
  /** Whether anybody may make an account. True by default. */
  readonly isRegistrationOpen?: boolean
  /** Called when background work has failed. Without it, the failure is an unhandled rejection. */
  readonly onError?: (error: unknown) => void
  /** Called with each send that the store has refused, in the reaction that publishes the others. */
  readonly onSendRefused?: ((error: unknown) => void) | undefined
}

/** Bytes. */
const DEFAULT_FILES_QUOTA = 2 * 1024 ** 3

const rethrow = (error: unknown): never => {
  throw error
}

/** The domain: commands in, events out. Knows no wire, no SQL and no socket. */
export class Chat {
  readonly accounts: Accounts
  readonly credentials: Credentials
  readonly accountState: AccountState
  readonly profiles: Profiles
  readonly sessions: Sessions
  readonly contacts: Contacts
  readonly conversations: Conversations
  readonly directory: Directory
  readonly visits: Visits
  readonly invites: Invites
  readonly members: Members
  readonly memberships: Memberships
  readonly messages: Messages
  readonly mentions: Mentions
  readonly people: People
  readonly pins: Pins
  readonly reactions: Reactions
  readonly search: Search
  readonly presence: Presence
  readonly typing: Typing
  readonly changes: ChangeLog
  readonly removals: Removals
  readonly retention: Retention
  readonly conversationRemovals: ConversationRemovals
  readonly audit: Audit
  readonly administration: Administration
  readonly backUps: BackUps
  readonly exports: Exports
  readonly uploads: Uploads
  readonly downloads: Downloads
  readonly fileRemovals: FileRemovals

  constructor(options: ChatOptions) {
    const { store, bus, clock, maxMessageBytes, passwordCost, onError = rethrow } = options
    const passwords = new Passwords(passwordCost, options.md5Passwords)
    const { passwordPolicy, isRegistrationOpen } = options
    this.credentials = new Credentials({ store: store.accounts, bus, clock, passwords, passwordPolicy })
    const { credentials } = this
    this.accounts = new Accounts({ store, clock, credentials, isRegistrationOpen })
    const { accounts } = this
    this.accountState = new AccountState(store.accountState)
    this.profiles = new Profiles(store.accounts, bus, clock)
    this.sessions = new Sessions({ store: store.sessions, accounts, credentials, bus, clock })
    this.conversations = new Conversations(store, bus, clock)
    this.directory = new Directory(store.conversations)
    this.visits = new Visits(bus)
    this.invites = new Invites({ store, bus, clock, codeKey: options.inviteCodeKey })
    this.members = new Members({ store, profiles: this.profiles, bus, clock })
    const receipts = new Receipts({ store, profiles: this.profiles, bus })
    this.memberships = new Memberships({ store: store.memberships, bus, clock, receipts })
    const { onSendRefused: onRefused } = options
    this.messages = new Messages(store, bus, { clock, maxMessageBytes, onRefused })
    this.mentions = new Mentions({ store, clock })
    this.people = new People(store)
    this.pins = new Pins({ store, bus, clock })
    this.reactions = new Reactions(store.reactions, bus, clock)
    this.search = new Search(store.search)
    this.presence = new Presence(bus, store, { clock, onError })
    this.contacts = new Contacts({ store: store.contacts, bus, clock, presence: this.presence })
    this.typing = new Typing({ bus, clock, contacts: store.contacts, messages: this.messages })
    this.changes = new ChangeLog(store)
    const { conversations } = this
    const { files, filesQuota: quota = DEFAULT_FILES_QUOTA } = options
    this.uploads = new Uploads({ store: store.files, files, clock, quota })
    this.downloads = new Downloads({ store: store.files, files })
    this.fileRemovals = new FileRemovals({ store: store.files, files, clock })
    this.exports = new Exports({ store: store.exports, files: store.files, credentials, clock })
    this.retention = new Retention({ store: store.retention, bus, clock, days: options.retentionDays ?? 0 })
    this.conversationRemovals = new ConversationRemovals({ store, retention: this.retention, bus, clock })
    this.removals = new Removals({ store: store.removals, credentials, conversations, bus, clock, onError })
    this.audit = new Audit(store.audit, clock)
    const { audit, removals, conversationRemovals } = this
    this.backUps = new BackUps({ maker: options.backUpMaker, audit, bus, clock, onError })
    const { backUps, sessions } = this
    const means = { audit, credentials, sessions, removals, conversationRemovals, backUps }
    this.administration = new Administration({ store, ...means, clock, onError })
  }
}
