import fc from 'fast-check'
import { toAccountId, toInviteId } from '../../../src/core/types.ts'
import type { ArgumentsOf } from './argument.ts'
import { accountId, at, conversationId, digest, once, role, text, WORLD } from './small-world.ts'

/** Arguments for the writes of conversations and their members. */
export const CONVERSATIONS: ArgumentsOf<
  'conversations' | 'conversationRemovals' | 'invites' | 'members' | 'memberships' | 'retention'
> = {
  'conversations.create': fc
    .record({
      gid: fc.constantFrom(...WORLD.gids),
      kind: fc.constantFrom('private', 'group', 'open'),
      name: fc.option(fc.constantFrom(...WORLD.names)),
      memberIds: fc.uniqueArray(accountId, { minLength: 2, maxLength: 3 }),
      once: fc.option(once, { nil: undefined }),
      at,
    })
    .map(({ kind, memberIds, once: key, ...plain }) => {
      const [creatorId = toAccountId(1)] = memberIds
      const rest = key ? { ...plain, once: key } : plain
      return { ...rest, kind, creatorId, memberIds: kind === 'private' ? memberIds.slice(0, 2) : memberIds }
    }),
  'conversations.change': fc.record(
    {
      ...{ conversationId, byId: accountId, seen: fc.record({ by: role }), at },
      name: fc.option(fc.constantFrom(...WORLD.names)),
      topic: fc.option(text),
      isListed: fc.boolean(),
      membersAdd: fc.boolean(),
      retentionDays: fc.option(fc.constantFrom(1, 2)),
    },
    { requiredKeys: ['conversationId', 'byId', 'seen', 'at'] },
  ),
  'invites.create': fc
    .record({
      ...{ conversationId, byId: accountId, seen: fc.record({ by: role }), digest, at },
      expiresAt: fc.integer({ min: 1, max: 2_000 }),
      maxUses: fc.constantFrom(1, 2),
      once: fc.option(once, { nil: undefined }),
    })
    .map(({ once: key, ...plain }) => (key ? { ...plain, once: key } : plain)),
  'invites.join': fc.record({ conversationId, accountId, digest, seen: fc.record({ maker: role }), at }),
  'invites.revoke': fc.record({
    ...{ conversationId, byId: accountId, seen: fc.record({ by: role }) },
    inviteId: fc.integer({ min: 1, max: 3 }).map(toInviteId),
  }),
  'invites.end': fc.record({ inviteId: fc.integer({ min: 1, max: 3 }).map(toInviteId) }),
  'members.join': fc.record({
    ...{ conversationId, accountId, at },
    added: fc.option(
      fc.record({
        byId: accountId,
        seen: fc.record({ by: role, membersAdd: fc.boolean() }),
        liftsBan: fc.boolean(),
      }),
    ),
  }),
  'members.leave': fc.record({ conversationId, accountId, heirId: fc.option(accountId, { freq: 1 }), at }),
  'members.remove': fc.record({
    ...{ conversationId, accountId, byId: accountId, at },
    seen: fc.record({ by: role, role }),
  }),
  'members.liftBan': fc.record({
    ...{ conversationId, accountId, byId: accountId },
    seen: fc.record({ by: role }),
  }),
  'members.changeRole': fc.record({
    ...{ conversationId, accountId, byId: accountId, role, at },
    seen: fc.record({ by: role, role }),
  }),
  'members.markRead': fc.record({ conversationId, accountId, at }),
  'members.setCurrent': fc.record({ accountId, conversationId: fc.option(conversationId) }),
  'memberships.markReadUpTo': fc.record({
    conversationId,
    accountId,
    seq: fc.integer({ min: -1, max: 9 }),
    isForced: fc.boolean(),
    at,
  }),
  'memberships.setPreferences': fc.record(
    {
      conversationId,
      accountId,
      isMuted: fc.boolean(),
      isPinned: fc.boolean(),
      isArchived: fc.boolean(),
      notify: fc.constantFrom('all', 'mentions', 'none'),
    },
    { requiredKeys: ['conversationId', 'accountId'] },
  ),
  'conversationRemovals.wish': fc.record({ conversationId, at }),
  'conversationRemovals.begin': fc.record({ conversationId, at }),
  'conversationRemovals.dismiss': fc.record({
    ...{ conversationId, at },
    accountIds: fc.uniqueArray(accountId, { maxLength: 2 }),
  }),
  'conversationRemovals.finish': fc.record({ conversationId, at }),
  'retention.purge': fc.record({ conversationId, before: at, limit: fc.constantFrom(1, 3), at }),
  'retention.wish': fc.record({ conversationId, before: at }),
  'retention.lease': fc.record({ name: fc.constant('purging'), holder: text, at, until: at }),
}
