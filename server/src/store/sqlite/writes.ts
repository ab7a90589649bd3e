import type { DatabaseSync } from 'node:sqlite'
import type { ChatErrorCode, ChatErrorDetails } from '../../core/errors.ts'
import type * as writes from '../writes.ts'
import type { WriteName } from '../writes.ts'
import { AccountWrites } from './accounts-writes.ts'
import { Admission } from './admission.ts'
import { AuditWrites } from './audit-writes.ts'
import { Bans } from './bans.ts'
import { Changes } from './changes.ts'
import { ContactWrites } from './contacts-writes.ts'
import { ConversationRemovalWrites } from './conversation-removals-writes.ts'
import { ConversationWrites } from './conversations-writes.ts'
import { DeletionWrites } from './deletions-writes.ts'
import { EditWrites } from './edits-writes.ts'
import { ExitWrites } from './exits-writes.ts'
import { FileWrites } from './files-writes.ts'
import { InviteWrites } from './invites-writes.ts'
import type { LogHeads } from './log-heads.ts'
import { MemberWrites } from './members-writes.ts'
import { MembershipWrites } from './memberships-writes.ts'
import { MentionWrites } from './mentions-writes.ts'
import { MessageWrites } from './messages-writes.ts'
import { Numbers } from './numbers.ts'
import type { PackedAppended, PackedMessage } from './packed-message.ts'
import { PinWrites } from './pins-writes.ts'
import { PurgedSends } from './purged-sends.ts'
import { ReactionWrites } from './reactions-writes.ts'
import { RemovalWrites } from './removals-writes.ts'
import { RequestKeys } from './request-keys.ts'
import { RetentionWrites } from './retention-writes.ts'
import { RoleWrites } from './roles-writes.ts'
import type { SearchWrites } from './search-writes.ts'
import { SessionWrites } from './sessions-writes.ts'
import { prepare } from './statement.ts'

/** A write's argument, in the form that crosses to the writer's thread. */
export type Argument<Name extends WriteName> = Name extends 'messages.append'
  ? PackedMessage
  : writes.Argument<Name>

/** A write's answer, in the form that crosses back. */
export type Value<Name extends WriteName> = Name extends 'messages.append'
  ? PackedAppended
  : writes.Answer<Name>

type Writes = { readonly [Name in WriteName]: (argument: Argument<Name>) => Value<Name> }

/** Every write there is, by name. Each runs within a transaction, on the writer's thread. */
export function writesOn(
  db: DatabaseSync,
  { heads, search }: { heads: LogHeads; search: SearchWrites },
): Writes {
  const admission = new Admission(db)
  const changes = new Changes(db)
  const numbers = new Numbers(db)
  const accounts = new AccountWrites(db, numbers)
  const audit = new AuditWrites(db)
  const removals = new RemovalWrites(db, { accounts, numbers })
  const sessions = new SessionWrites(db)
  const contacts = new ContactWrites(db, { admission, numbers })
  const bans = new Bans(db)
  const members = new MemberWrites(db, { admission, bans, changes, numbers })
  const roles = new RoleWrites(db, { changes, members, numbers })
  const requestKeys = new RequestKeys(db)
  const invites = new InviteWrites(db, { members, requestKeys, roles })
  const exits = new ExitWrites(db, { bans, members, roles })
  const conversations = new ConversationWrites(db, {
    ...{ admission, changes, members, numbers, requestKeys, roles },
  })
  const conversationRemovals = new ConversationRemovalWrites(db, members)
  const memberships = new MembershipWrites(db, numbers)
  const mentions = new MentionWrites(db, { heads, numbers })
  const files = new FileWrites(db)
  const purgedSends = new PurgedSends(db)
  const messages = new MessageWrites(db, { heads, mentions, files, purgedSends })
  const deletions = new DeletionWrites(db, { changes, heads, mentions, files, search })
  const retention = new RetentionWrites(db, { changes, files, search, purgedSends })
  const edits = new EditWrites(db, { changes, heads, mentions, search })
  const pins = new PinWrites(db, { changes, heads })
  const reactions = new ReactionWrites(db, { changes, heads })
  const touch = prepare(db, 'PRAGMA user_version = 1')
  return {
    /** A write like any other, whose value nobody reads: a full disk would let an empty transaction pass. */
    ping: () => {
      touch.run()
    },
    'accounts.create': (account) => accounts.create(account),
    'accounts.setProfile': (change) => accounts.setProfile(change),
    'accounts.setSettings': (change) => accounts.setSettings(change),
    'accounts.replaceHash': (hashes) => accounts.replaceHash(hashes),
    'accounts.setSeen': (seen) => accounts.setSeen(seen),
    'accounts.revoke': (change) => accounts.revoke(change),
    'accounts.enable': ({ accountId }) => accounts.enable(accountId),
    'accounts.setPassword': (change) => accounts.setPassword(change),
    'accounts.setAdmin': (change) => accounts.setAdmin(change),
    'accounts.freeGuests': ({ unseenSince }) => accounts.freeGuests(unseenSince),
    'sessions.open': (session) => sessions.open(session),
    'sessions.touch': (use) => sessions.touch(use),
    'sessions.end': (session) => sessions.end(session),
    'contacts.add': (pair) => contacts.add(pair),
    'contacts.remove': (pair) => contacts.remove(pair),
    'contacts.block': (pair) => contacts.block(pair),
    'contacts.unblock': (pair) => contacts.unblock(pair),
    'conversations.create': (conversation) => conversations.create(conversation),
    'conversations.change': (change) => conversations.change(change),
    'files.begin': (file) => files.begin(file),
    'files.advance': (progress) => files.advance(progress),
    'files.complete': (content) => files.complete(content),
    'files.remove': (file) => files.remove(file),
    'files.removeIdle': (idle) => files.removeIdle(idle),
    'files.forget': (removed) => files.forget(removed),
    'invites.create': (invite) => invites.create(invite),
    'invites.join': (entry) => invites.join(entry),
    'invites.revoke': (revocation) => invites.revoke(revocation),
    'invites.end': ({ inviteId }) => invites.end(inviteId),
    'members.join': (entry) => members.join(entry),
    'members.leave': (exit) => exits.leave(exit),
    'members.remove': (removal) => exits.remove(removal),
    'members.liftBan': (lift) => exits.liftBan(lift),
    'members.changeRole': (change) => roles.change(change),
    'members.markRead': (mark) => members.markRead(mark),
    'members.setCurrent': (current) => members.setCurrent(current),
    'memberships.markReadUpTo': (mark) => memberships.markReadUpTo(mark),
    'memberships.setPreferences': (change) => memberships.setPreferences(change),
    'audit.begin': (act) => audit.begin(act),
    'audit.end': (ending) => audit.end(ending),
    'removals.remove': (removal) => removals.remove(removal),
    'removals.takeBack': (message) => deletions.takeBack(message),
    'removals.note': (progress) => removals.note(progress),
    'conversationRemovals.wish': (wish) => conversationRemovals.wish(wish),
    'conversationRemovals.begin': (step) => conversationRemovals.begin(step),
    'conversationRemovals.dismiss': (dismissal) => conversationRemovals.dismiss(dismissal),
    'conversationRemovals.finish': (step) => conversationRemovals.finish(step),
    'retention.purge': (purge) => retention.purge(purge),
    'retention.wish': (wish) => retention.wish(wish),
    'retention.lease': (lease) => retention.lease(lease),
    'messages.append': (message) => messages.append(message),
    'messages.edit': (edit) => edits.edit(edit),
    'messages.delete': (removal) => deletions.delete(removal),
    'messages.remove': (removal) => deletions.remove(removal),
    'pins.set': (pin) => pins.set(pin),
    'reactions.apply': (wishes) => reactions.apply(wishes),
  }
}

/** A write on its way to the writer's thread. */
export type Command = readonly [name: WriteName, argument: unknown]

/** The outcome of a command. */
export type WriteAnswer =
  | { readonly value: unknown }
  /** A `ChatError`, in parts: only plain data crosses threads. */
  | { readonly refusal: { readonly code: ChatErrorCode; readonly details: ChatErrorDetails } }
  /** The engine failed: nothing of the command was stored, or nobody knows. */
  | { readonly outage: Error; readonly isUnknown: boolean }
  /** Neither: a defect of ours. Nothing of the command was stored. */
  | { readonly defect: Error }
