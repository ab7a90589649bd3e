import fc from 'fast-check'
import type { ArgumentsOf } from './argument.ts'
import {
  accountId,
  at,
  conversationId,
  digest,
  hash,
  keep,
  kind,
  messageId,
  sessionId,
  text,
  twoAccounts,
  WORLD,
} from './small-world.ts'

/** Arguments for the writes of accounts, and of what belongs to one. */
export const PEOPLE: ArgumentsOf<'accounts' | 'sessions' | 'contacts' | 'removals' | 'audit'> = {
  'accounts.create': fc.record({
    uuid: fc.uuid(),
    username: fc.constantFrom(...WORLD.usernames),
    displayName: text,
    email: fc.option(fc.constantFrom('a@b.c', 'bob')),
    passwordHash: fc.option(hash),
    at,
  }),
  'accounts.setProfile': fc.record(
    {
      accountId,
      at,
      displayName: text,
      bio: fc.option(text),
      email: fc.option(fc.constantFrom('a@b.c', 'bob')),
    },
    { requiredKeys: ['accountId', 'at'] },
  ),
  'accounts.setSettings': fc.record({ accountId, settings: fc.constantFrom('{}', '{"a":"ä"}') }),
  'accounts.replaceHash': fc.record({ accountId, old: hash, renewed: hash }),
  'accounts.setSeen': fc.record({ accountId, at }),
  'accounts.revoke': fc.record(
    { accountId, at, disable: fc.boolean(), keep },
    { requiredKeys: ['accountId', 'at', 'disable'] },
  ),
  'accounts.enable': fc.record({ accountId }),
  'accounts.setPassword': fc.record(
    { accountId, passwordHash: hash, at, keep },
    { requiredKeys: ['accountId', 'passwordHash', 'at'] },
  ),
  'accounts.setAdmin': fc.record({ accountId, isAdmin: fc.boolean() }),
  'accounts.freeGuests': fc.record({ unseenSince: at }),
  'sessions.open': fc.record(
    {
      ...{ sessionId, accountId, kind, digest, at, expiresAt: at, max: fc.constantFrom(1, 2) },
      ...{ device: fc.option(text), address: fc.option(text), credentialsSince: fc.constantFrom(0, 1) },
    },
    {
      requiredKeys: [
        ...(['sessionId', 'accountId', 'kind', 'digest', 'at', 'expiresAt', 'max'] as const),
        ...(['device', 'address'] as const),
      ],
    },
  ),
  'sessions.touch': fc.record({ accountId, sessionId, at, expiresAt: at }),
  'sessions.end': fc.record({ accountId, sessionId }),
  'contacts.add': twoAccounts.chain(({ blockerId, blockedId }) =>
    fc.record({ accountId: fc.constant(blockerId), contactId: fc.constant(blockedId), at }),
  ),
  'contacts.remove': fc.record({ accountId, contactId: accountId }),
  'contacts.block': fc.tuple(twoAccounts, at).map(([pair, time]) => ({ ...pair, at: time })),
  'contacts.unblock': twoAccounts,
  'removals.remove': fc.record({
    accountId,
    uuid: fc.uuid(),
    old: hash,
    removesMessages: fc.boolean(),
    leavesNotices: fc.boolean(),
    contactIds: fc.uniqueArray(accountId, { maxLength: 1 }),
    blockerIds: fc.uniqueArray(accountId, { maxLength: 1 }),
    at,
  }),
  'audit.begin': fc.record({ at, actor: text, origin: text, act: text, subject: text }),
  'audit.end': fc.record({ at, number: fc.integer({ min: 1, max: 4 }), outcome: text }),
  'removals.note': fc.record({ accountId, messageId: fc.option(messageId) }),
  'removals.takeBack': fc.record({
    conversationId,
    seq: fc.integer({ min: 1, max: 6 }),
    senderId: accountId,
    at,
  }),
}
