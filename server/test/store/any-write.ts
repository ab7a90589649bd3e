import fc from 'fast-check'
import {
  type Role,
  toAccountId,
  toConversationId,
  toFileId,
  toGid,
  toInviteId,
  toMessageId,
  toSessionId,
} from '../../src/core/types.ts'
import type { Store } from '../../src/store/store.ts'
import type { Answer, Argument, WriteName } from '../../src/store/writes.ts'

// Every write with any argument of a small world: ids, names and digests are so few that writes meet, and so many that
// some name nothing.

export const WORLD = {
  accountIds: [1, 2, 3, 4].map(toAccountId),
  usernames: ['ann', 'ÁNN', 'bob', 'cy', 'guest'],
  conversationIds: [1, 2, 3, 4].map(toConversationId),
  gids: ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'].map(toGid),
  names: ['Room', 'Hall'],
  kinds: ['rooms', 'groups'],
  digests: ['one', 'two', 'three'],
} as const

// The first two more often: they are members of the first two conversations from the beginning.
const mostlyFirst = <Id>(ids: readonly Id[]): fc.Arbitrary<Id> =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids.slice(0, 2)) }, fc.constantFrom(...ids))
const text = fc.constantFrom('', 'a', 'ä')
const accountId = mostlyFirst(WORLD.accountIds)
const conversationId = mostlyFirst(WORLD.conversationIds)
// The core lets nobody block themselves.
const twoAccounts = fc
  .record({ blockerId: accountId, blockedId: accountId })
  .filter(({ blockerId, blockedId }) => blockerId !== blockedId)
const once = fc.record({
  key: fc.constantFrom('k', 'l'),
  operation: fc.constantFrom('o', 'p'),
  digest: fc.constantFrom('d', 'e'),
  nonce: fc.option(text),
})
const messageId = fc.integer({ min: 1, max: 6 }).map(toMessageId)
const place = fc.integer({ min: 1, max: 6 })
const at = fc.integer({ min: 1, max: 1_000 })
const kind = fc.constantFrom(...WORLD.kinds)
const digest = fc.constantFrom(...WORLD.digests)
const sessionId = fc.constantFrom('s1', 's2', 's3').map(toSessionId)
const keep = fc.record({ sessionId, at, expiresAt: at })
const hash = fc.constantFrom('hash', 'other')
const fileId = fc.constantFrom('f1', 'f2', 'f3').map(toFileId)
const role = fc.constantFrom<Role>('owner', 'admin', 'moderator', 'member', 'reader')

const mentions = fc.uniqueArray(
  fc.oneof(
    fc.record({ account: accountId, at: fc.constant([0, 1] as const) }),
    fc.constant({ all: true as const, at: [0, 1] as const }),
  ),
  { maxLength: 3 },
)

const ARGUMENTS: { readonly [Name in WriteName]: fc.Arbitrary<Argument<Name>> } = {
  ping: fc.constant(null),
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
  'files.begin': fc.record({
    ...{ fileId, accountId, name: text, type: fc.constant('text/plain'), size: fc.constantFrom(1, 2), at },
    quota: fc.constantFrom(1, 1_000_000),
  }),
  'files.advance': fc.record({ fileId, from: fc.constantFrom(0, 1), to: fc.constantFrom(1, 2), at }),
  'files.complete': fc.record({
    ...{ fileId, sha256: digest, type: fc.constant('image/png'), at },
    ...{ width: fc.option(fc.constant(1)), height: fc.option(fc.constant(1)) },
  }),
  'files.remove': fc.record({ fileId, accountId, at }),
  'files.removeIdle': fc.record({ since: at, at, limit: fc.constantFrom(0, 1) }),
  'files.forget': fc.record({ fileIds: fc.uniqueArray(fileId, { maxLength: 2 }) }),
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
  'removals.remove': fc.record({
    accountId,
    uuid: fc.uuid(),
    old: hash,
    removesMessages: fc.boolean(),
    contactIds: fc.uniqueArray(accountId, { maxLength: 1 }),
    blockerIds: fc.uniqueArray(accountId, { maxLength: 1 }),
    at,
  }),
  'conversationRemovals.wish': fc.record({ conversationId, at }),
  'conversationRemovals.begin': fc.record({ conversationId, at }),
  'conversationRemovals.dismiss': fc.record({
    ...{ conversationId, at },
    accountIds: fc.uniqueArray(accountId, { maxLength: 2 }),
  }),
  'conversationRemovals.finish': fc.record({ conversationId, at }),
  'audit.begin': fc.record({ at, actor: text, origin: text, act: text, subject: text }),
  'audit.end': fc.record({ at, number: fc.integer({ min: 1, max: 4 }), outcome: text }),
  'removals.note': fc.record({ accountId, messageId: fc.option(messageId) }),
  'removals.takeBack': fc.record({
    conversationId,
    seq: fc.integer({ min: 1, max: 6 }),
    senderId: accountId,
    at,
  }),
  'retention.purge': fc.record({ conversationId, before: at, limit: fc.constantFrom(1, 3), at }),
  'retention.wish': fc.record({ conversationId, before: at }),
  'retention.lease': fc.record({ name: fc.constant('purging'), holder: text, at, until: at }),
  'messages.append': fc
    .record({
      conversationId,
      senderId: accountId,
      clientId: fc.option(fc.constantFrom('x', 'y')),
      replyTo: fc.option(messageId, { freq: 1 }),
      body: text,
      at,
      extras: fc.option(
        fc.record(
          {
            format: fc.constantFrom('plain', 'markdown'),
            thread: fc.option(place),
            replyToSeq: fc.option(place, { freq: 1 }),
            mentions,
            files: fc.uniqueArray(fileId, { minLength: 1, maxLength: 2 }),
          },
          { requiredKeys: ['format', 'thread', 'replyToSeq', 'mentions'] },
        ),
        { freq: 1, nil: undefined },
      ),
    })
    .map(({ extras, ...plain }) => (extras ? { ...plain, replyTo: null, extras } : plain)),
  'messages.edit': fc.record({
    conversationId,
    seq: place,
    by: accountId,
    body: text,
    mentions,
    unlessChangedAfter: fc.option(fc.integer({ min: 1, max: 9 })),
    at,
  }),
  'messages.delete': fc.record({ messageId, by: accountId, at }),
  'messages.remove': fc.record({
    ...{ conversationId, seq: place, by: accountId, at },
    ...{ seen: role, mayBeAnothers: fc.boolean() },
  }),
  'pins.set': fc.record({
    ...{ conversationId, seq: place, by: accountId, seen: role, isPinned: fc.boolean(), at },
  }),
  'reactions.apply': fc.record({
    conversationId,
    seq: place,
    wishes: fc.array(fc.record({ accountId, key: fc.constantFrom('👍', 'no'), isAdded: fc.boolean(), at }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
}

export type AnyWrite = readonly [name: WriteName, argument: unknown]

// Writes that change logs come most often, so that they meet.
const WEIGHTS: Readonly<Partial<Record<string, number>>> = {
  'messages.append': 16,
  'messages.edit': 8,
  'messages.delete': 8,
  'messages.remove': 4,
  'pins.set': 4,
  'retention.purge': 4,
  'reactions.apply': 8,
  'members.markRead': 4,
  'memberships.markReadUpTo': 4,
  'members.join': 4,
  'members.leave': 4,
  'members.remove': 6,
  'members.changeRole': 8,
  'conversations.create': 2,
  'conversations.change': 4,
}

const oneWrite = fc.oneof(
  ...Object.entries(ARGUMENTS).map(([name, argument]) => ({
    weight: WEIGHTS[name] ?? 1,
    arbitrary: fc.tuple(fc.constant(name as WriteName), argument as fc.Arbitrary<unknown>),
  })),
)

/** Some people and conversations, so that what follows meets them. */
export const BEGINNING: readonly AnyWrite[] = [
  ...['ann', 'bob', 'cy', 'guest'].map((username): AnyWrite => {
    const passwordHash = username === 'guest' ? null : 'hash'
    const account = { uuid: username, username, displayName: username, email: null, passwordHash, at: 1 }
    return ['accounts.create', account]
  }),
  ...(['private', 'open'] as const).map((each, n): AnyWrite => {
    const [one = toAccountId(1), other = toAccountId(2)] = WORLD.accountIds
    const conversation = { gid: WORLD.gids[n], kind: each, name: null, creatorId: one, at: 1 }
    return ['conversations.create', { ...conversation, memberIds: [one, other] }]
  }),
  ...[1, 2, 1, 2].map((n, place): AnyWrite => {
    const message = {
      conversationId: toConversationId(1 + (place % 2)),
      senderId: toAccountId(n),
      replyTo: null,
    }
    return ['messages.append', { ...message, clientId: null, body: 'a', at: 1 }]
  }),
]

/** Batches: the writes of each are made together. */
export const anyWrites: fc.Arbitrary<readonly (readonly AnyWrite[])[]> = fc.array(
  fc.array(oneWrite, { minLength: 4, maxLength: 12 }),
  { minLength: 1, maxLength: 10 },
)

type Port = { readonly [Name in WriteName]: (argument: Argument<Name>) => Promise<Answer<Name>> }

/** The writes, as methods of a store. */
export const portOf = (store: Store): Port => ({
  ping: () => store.ping(),
  'accounts.create': (account) => store.accounts.create(account),
  'accounts.setProfile': (change) => store.accounts.setProfile(change),
  'accounts.setSettings': (to) => store.accounts.setSettings(to.accountId, to.settings),
  'accounts.replaceHash': (to) => store.accounts.replaceHash(to.accountId, to),
  'accounts.setSeen': (to) => store.accounts.setSeen(to.accountId, to.at),
  'accounts.revoke': (to) => store.accounts.revoke(to.accountId, to),
  'accounts.enable': (to) => store.accounts.enable(to.accountId),
  'accounts.setPassword': (to) => store.accounts.setPassword(to.accountId, to),
  'accounts.setAdmin': (to) => store.accounts.setAdmin(to.accountId, to.isAdmin),
  'accounts.freeGuests': ({ unseenSince }) => store.accounts.freeGuests(unseenSince),
  'sessions.open': (session) => store.sessions.open(session),
  'sessions.touch': (use) => store.sessions.touch(use.accountId, use.sessionId, use),
  'sessions.end': (session) => store.sessions.end(session.accountId, session.sessionId),
  'contacts.add': (pair) => store.contacts.add(pair.accountId, pair.contactId, pair.at),
  'contacts.remove': (pair) => store.contacts.remove(pair.accountId, pair.contactId),
  'contacts.block': (pair) => store.contacts.block(pair.blockerId, pair.blockedId, pair.at),
  'contacts.unblock': (pair) => store.contacts.unblock(pair.blockerId, pair.blockedId),
  'conversations.create': (conversation) => store.conversations.create(conversation),
  'conversations.change': (change) => store.conversations.change(change),
  'files.begin': (file) => store.files.begin(file),
  'files.advance': (progress) => store.files.advance(progress),
  'files.complete': (content) => store.files.complete(content),
  'files.remove': (file) => store.files.remove(file),
  'files.removeIdle': (idle) => store.files.removeIdle(idle),
  'files.forget': (files) => store.files.forget(files),
  'invites.create': (invite) => store.invites.create(invite),
  'invites.join': (entry) => store.invites.join(entry),
  'invites.revoke': (revocation) => store.invites.revoke(revocation),
  'invites.end': ({ inviteId }) => store.invites.end(inviteId),
  'members.join': (entry) => store.members.join(entry),
  'members.remove': (removal) => store.members.remove(removal),
  'members.liftBan': (lift) => store.members.liftBan(lift),
  'members.leave': (exit) => store.members.leave(exit),
  'members.changeRole': (change) => store.members.changeRole(change),
  'members.markRead': (mark) => store.members.markRead(mark),
  'members.setCurrent': (to) => store.members.setCurrent(to.accountId, to.conversationId),
  'memberships.markReadUpTo': (mark) => store.memberships.markReadUpTo(mark),
  'memberships.setPreferences': (change) => store.memberships.setPreferences(change),
  'removals.remove': (removal) => store.removals.remove(removal),
  'conversationRemovals.wish': (wish) => store.conversationRemovals.wish(wish),
  'conversationRemovals.begin': (step) => store.conversationRemovals.begin(step),
  'conversationRemovals.dismiss': (dismissal) => store.conversationRemovals.dismiss(dismissal),
  'conversationRemovals.finish': (step) => store.conversationRemovals.finish(step),
  'audit.begin': (act) => store.audit.begin(act),
  'audit.end': (ending) => store.audit.end(ending),
  'removals.note': (progress) => store.removals.note(progress),
  'removals.takeBack': (message) => store.removals.takeBack(message),
  'retention.purge': (purge) => store.retention.purge(purge),
  'retention.wish': (wish) => store.retention.wish(wish),
  'retention.lease': (lease) => store.retention.lease(lease),
  'messages.append': (message) => store.messages.append(message),
  'messages.edit': (edit) => store.messages.edit(edit),
  'messages.delete': (removal) => store.messages.delete(removal),
  'messages.remove': (removal) => store.messages.remove(removal),
  'pins.set': (pin) => store.pins.set(pin),
  'reactions.apply': (wishes) => store.reactions.apply(wishes),
})
