import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { Store } from '../store/store.ts'
import { Accounts } from './accounts.ts'
import { ChangeLog } from './change-log.ts'
import { Contacts } from './contacts.ts'
import { Conversations } from './conversations.ts'
import { Messages } from './messages.ts'
import { Presence } from './presence.ts'
import { Sessions } from './sessions.ts'

export type { CreatedConversation, Standing } from '../store/store.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './types.ts'
export type { Accounts, ChangeLog, Contacts, Conversations, Messages, Presence, Sessions }

/** The domain: commands in, events out. Knows no wire, no SQL and no socket. */
export class Chat {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly contacts: Contacts
  readonly conversations: Conversations
  readonly messages: Messages
  readonly presence: Presence
  readonly changes: ChangeLog

  constructor({
    store,
    bus,
    clock,
    maxMessageBytes,
  }: { store: Store; bus: Bus; clock: Clock; maxMessageBytes: number }) {
    this.accounts = new Accounts(store, bus, clock)
    this.sessions = new Sessions(store.sessions, this.accounts, clock)
    this.contacts = new Contacts(store.contacts, clock)
    this.conversations = new Conversations(store, bus, clock)
    this.messages = new Messages(store.messages, bus, { clock, maxMessageBytes })
    this.presence = new Presence(bus, store, clock)
    this.changes = new ChangeLog(store)
  }
}
