import type { AccountId } from '../../core/types.ts'
import type { Appended } from '../store.ts'
import { type PackedMessage, unpack } from './packed-message.ts'
import { type ReadCache, sessionKey } from './read-cache.ts'
import type { Argument, Value, WriteName } from './writes.ts'

/** What a write's caller hears. */
export type Result<Name extends WriteName> = Name extends 'messages.append' ? Appended : Value<Name>

type Invalidations = {
  readonly [Name in WriteName]: (
    cache: ReadCache,
    argument: Argument<Name>,
    value: Value<Name>,
  ) => Result<Name>
}

const nothing = <Value>(_cache: ReadCache, _argument: unknown, value: Value): Value => value

/** What each write has changed of what was read before it; and what its caller hears. */
const INVALIDATIONS: Invalidations = {
  ping: nothing,
  'accounts.create': nothing,
  'accounts.setBio': (cache, { accountId }) => cache.accounts.forget(accountId),
  'accounts.replaceHash': (cache, { accountId }) => cache.accounts.forget(accountId),
  // At each coming and going: what is remembered is moved on, and shares its texts with who holds it.
  'accounts.setSeen': (cache, { accountId, at }) => {
    const row = cache.accounts.get(accountId)
    if (row) cache.accounts.set(accountId, { ...row, lastSeenAt: Math.max(row.lastSeenAt, at) })
  },
  'accounts.revoke': forgetCredentials,
  'accounts.enable': (cache, accountId) => cache.accounts.forget(accountId),
  'accounts.setPassword': forgetCredentials,
  'accounts.freeGuests': (cache, _unseenSince, freed) => {
    if (freed > 0) cache.accountIds.clear()
    return freed
  },
  // An older session of the account may have gone for it.
  'sessions.open': (cache) => cache.sessions.clear(),
  'sessions.touch': (cache, { kind, digest }) => cache.sessions.forget(sessionKey(kind, digest)),
  'contacts.add': nothing,
  'contacts.block': (cache) => cache.memberships.clear(),
  'contacts.unblock': (cache) => cache.memberships.clear(),
  'conversations.create': nothing,
  'members.join': (cache, { conversationId, accountId }, joined) => {
    cache.conversations.forget(conversationId)
    cache.memberships.forget(conversationId, accountId)
    return joined
  },
  'members.leave': (cache, { conversationId, accountId }, left) => {
    cache.conversations.forget(conversationId)
    cache.memberships.forget(conversationId, accountId)
    return left
  },
  'members.markRead': (cache, { conversationId, accountId }) =>
    cache.memberships.forget(conversationId, accountId),
  'members.setCurrent': (cache, { accountId }) => cache.accounts.forget(accountId),
  'messages.append': appended,
  'messages.delete': (cache, _removal, deleted) => {
    cache.conversations.forget(deleted.conversationId)
    return deleted
  },
}

function forgetCredentials<Value>(
  cache: ReadCache,
  { accountId }: { accountId: AccountId },
  value: Value,
): Value {
  cache.accounts.forget(accountId)
  cache.sessions.clear()
  return value
}

function appended(cache: ReadCache, message: PackedMessage, value: Value<'messages.append'>): Appended {
  const result = unpack(value, message)
  if (!result.isNew) return result
  const { conversationId, seq, sentAt } = result.message
  const row = cache.conversations.get(conversationId)
  if (row) {
    row.lastSeq = seq
    row.lastChange = result.change
    row.activityAt = sentAt
  }
  return result
}

/** Called when a write is durable, just before its caller hears the result. */
export function applyWrite<Name extends WriteName>(
  cache: ReadCache,
  name: Name,
  argument: Argument<Name>,
  value: Value<Name>,
): Result<Name> {
  return INVALIDATIONS[name](cache, argument, value)
}
