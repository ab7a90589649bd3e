import { type Answer, type Touched, WRITES, type WriteName } from '../writes.ts'
import { unpack } from './packed-message.ts'
import { type ReadCache, sessionKey } from './read-cache.ts'
import type { Argument, Value } from './writes.ts'

/** These move on what is remembered instead of having it read anew: they are made again and again. */
const RENEWALS: {
  readonly [Name in WriteName]?: (
    cache: ReadCache,
    argument: Argument<Name>,
    value: Value<Name>,
  ) => Answer<Name>
} = {
  // At each coming and going. The row shares its texts with who holds it.
  'accounts.setSeen': (cache, { accountId, at }) => {
    const row = cache.accounts.get(accountId)
    if (row) cache.accounts.set(accountId, { ...row, lastSeenAt: Math.max(row.lastSeenAt, at) })
  },
  'messages.append': (cache, message, value) => {
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
  },
}

/** Called when a write is durable, just before its caller hears the result, which it answers. */
export function applyWrite<Name extends WriteName>(
  cache: ReadCache,
  name: Name,
  argument: Argument<Name>,
  value: Value<Name>,
): Answer<Name> {
  const renew = RENEWALS[name]
  if (renew) return renew(cache, argument, value)
  // Only a send's argument and value are packed for their way, and a send has been answered above.
  const answer = value as Answer<Name>
  forget(cache, WRITES[name].touches(argument as never, answer as never))
  return answer
}

function forget(cache: ReadCache, touched: Touched): void {
  const {
    conversationId,
    isRenamed,
    memberships,
    blocking,
    accountId,
    areSessionsEnded,
    session,
    areNamesFreed,
    isAccountRemoved,
  } = touched
  if (accountId !== undefined) cache.accounts.forget(accountId)
  if (areNamesFreed) cache.accountIds.clear()
  if (areSessionsEnded) cache.sessions.clear()
  if (session) cache.sessions.forget(sessionKey(session.kind, session.digest))
  if (isRenamed) cache.conversationIds.clear()
  if (conversationId !== undefined) cache.conversations.forget(conversationId)
  for (const each of memberships ?? []) cache.memberships.forget(each.conversationId, each.accountId)
  if (blocking || isAccountRemoved) cache.memberships.clear()
}
