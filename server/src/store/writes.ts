import { ACCOUNT_WRITES, type AccountWrites } from './writes/accounts.ts'
import { AUDIT_WRITES, type AuditWrites } from './writes/audit.ts'
import { CONTACT_WRITES, type ContactWrites } from './writes/contacts.ts'
import {
  CONVERSATION_REMOVAL_WRITES,
  type ConversationRemovalWrites,
} from './writes/conversation-removals.ts'
import { CONVERSATION_WRITES, type ConversationWrites } from './writes/conversations.ts'
import { FILE_WRITES, type FileWrites } from './writes/files.ts'
import { INVITE_WRITES, type InviteWrites } from './writes/invites.ts'
import { MEMBER_WRITES, type MemberWrites } from './writes/members.ts'
import { MEMBERSHIP_WRITES, type MembershipWrites } from './writes/memberships.ts'
import { MESSAGE_WRITES, type MessageWrites } from './writes/messages.ts'
import { REACTION_WRITES, type ReactionWrites } from './writes/reactions.ts'
import { REMOVAL_WRITES, type RemovalWrites } from './writes/removals.ts'
import { RETENTION_WRITES, type RetentionWrites } from './writes/retention.ts'
import { NOTHING, type Rows } from './writes/row.ts'
import { SESSION_WRITES, type SessionWrites } from './writes/sessions.ts'

export type { Touched } from './writes/row.ts'

/** Every write: what it takes, and what it answers. */
interface Writes
  extends AccountWrites,
    AuditWrites,
    SessionWrites,
    ContactWrites,
    ConversationWrites,
    FileWrites,
    InviteWrites,
    MemberWrites,
    MembershipWrites,
    RemovalWrites,
    ConversationRemovalWrites,
    RetentionWrites,
    MessageWrites,
    ReactionWrites {
  ping(nothing: null): void
}

export type WriteName = keyof Writes
export type Argument<Name extends WriteName> = Parameters<Writes[Name]>[0]
export type Answer<Name extends WriteName> = ReturnType<Writes[Name]>

/** One row a write, for both stores: locks, savepoints and what is remembered follow from it. */
export const WRITES: Rows<Writes> = {
  ping: { checksFirst: false, touches: () => NOTHING },
  ...ACCOUNT_WRITES,
  ...AUDIT_WRITES,
  ...SESSION_WRITES,
  ...CONTACT_WRITES,
  ...CONVERSATION_WRITES,
  ...FILE_WRITES,
  ...INVITE_WRITES,
  ...MEMBER_WRITES,
  ...MEMBERSHIP_WRITES,
  ...REMOVAL_WRITES,
  ...CONVERSATION_REMOVAL_WRITES,
  ...RETENTION_WRITES,
  ...MESSAGE_WRITES,
  ...REACTION_WRITES,
}
