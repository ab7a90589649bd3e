import type { DatabaseSync } from 'node:sqlite'
import type { ChatErrorCode, ChatErrorDetails } from '../../core/errors.ts'
import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { MemberStore, NewAccount, NewConversation, NewMember, NewSession } from '../store.ts'
import { AccountWrites } from './accounts-writes.ts'
import { Admission } from './admission.ts'
import { Changes } from './changes.ts'
import { ContactWrites } from './contacts-writes.ts'
import { ConversationWrites } from './conversations-writes.ts'
import type { LogHeads } from './log-heads.ts'
import { MemberWrites } from './members-writes.ts'
import { MessageWrites } from './messages-writes.ts'
import type { PackedMessage } from './packed-message.ts'
import { SessionWrites } from './sessions-writes.ts'
import { prepare } from './statement.ts'

/** Every write there is, by name. Each runs within a transaction, on the writer's thread. */
export function writesOn(db: DatabaseSync, heads: LogHeads) {
  const admission = new Admission(db)
  const changes = new Changes(db)
  const accounts = new AccountWrites(db)
  const sessions = new SessionWrites(db)
  const contacts = new ContactWrites(db, admission)
  const members = new MemberWrites(db, { admission, changes })
  const conversations = new ConversationWrites(db, { admission, changes, members })
  const messages = new MessageWrites(db, { changes, heads })
  const touch = prepare(db, 'PRAGMA user_version = 1')
  return {
    /** A write like any other, whose value nobody reads: a full disk would let an empty transaction pass. */
    ping: () => {
      touch.run()
    },
    'accounts.create': (account: NewAccount) => accounts.create(account),
    'accounts.setBio': (bio: Of<AccountWrites, 'setBio'>) => accounts.setBio(bio),
    'accounts.replaceHash': (hashes: Of<AccountWrites, 'replaceHash'>) => accounts.replaceHash(hashes),
    'accounts.setSeen': (seen: Of<AccountWrites, 'setSeen'>) => accounts.setSeen(seen),
    'accounts.revoke': (change: Of<AccountWrites, 'revoke'>) => accounts.revoke(change),
    'accounts.enable': (accountId: AccountId) => accounts.enable(accountId),
    'accounts.setPassword': (change: Of<AccountWrites, 'setPassword'>) => accounts.setPassword(change),
    'accounts.freeGuests': (unseenSince: Micros) => accounts.freeGuests(unseenSince),
    'sessions.open': (session: NewSession) => sessions.open(session),
    'sessions.touch': (use: Of<SessionWrites, 'touch'>) => sessions.touch(use),
    'contacts.add': (pair: Of<ContactWrites, 'add'>) => contacts.add(pair),
    'contacts.block': (pair: Of<ContactWrites, 'block'>) => contacts.block(pair),
    'contacts.unblock': (pair: Of<ContactWrites, 'unblock'>) => contacts.unblock(pair),
    'conversations.create': (conversation: NewConversation) => conversations.create(conversation),
    'members.join': (entry: NewMember) => members.join(entry),
    'members.leave': (exit: Of<MemberStore, 'leave'>) => members.leave(exit),
    'members.markRead': (mark: Of<MemberStore, 'markRead'>) => members.markRead(mark),
    'members.setCurrent': (current: Of<MemberWrites, 'setCurrent'>) => members.setCurrent(current),
    'messages.append': (message: PackedMessage) => messages.append(message),
    'messages.delete': (removal: Of<MessageWrites, 'delete'>) => messages.delete(removal),
  }
}

/** What the method takes. */
type Of<T, Method extends keyof T> = T[Method] extends (argument: infer A) => unknown ? A : never

type Writes = ReturnType<typeof writesOn>
export type WriteName = keyof Writes
export type Argument<Name extends WriteName> = Parameters<Writes[Name]>[0]
/** What it answers, on the writer's thread. */
export type Value<Name extends WriteName> = ReturnType<Writes[Name]>

/** A write on its way to the writer's thread. */
export type Command = readonly [name: WriteName, argument: unknown]

/** What became of a command, in the commands' order. */
export type WriteAnswer =
  | { readonly value: unknown }
  /** A `ChatError`, in parts: only plain data crosses threads. */
  | { readonly refusal: { readonly code: ChatErrorCode; readonly details: ChatErrorDetails } }
  /** The engine failed: nothing of the command was stored, or nobody knows. */
  | { readonly outage: Error; readonly isUnknown: boolean }
  /** Neither: a defect of ours. Nothing of the command was stored. */
  | { readonly defect: Error }
