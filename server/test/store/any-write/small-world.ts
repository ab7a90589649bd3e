import fc from 'fast-check'
import {
  type Role,
  toAccountId,
  toConversationId,
  toFileId,
  toGid,
  toMessageId,
  toSessionId,
} from '../../../src/core/types.ts'

/** So few ids, names and digests that writes meet, and so many that some name nothing. */
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
export const mostlyFirst = <Id>(ids: readonly Id[]): fc.Arbitrary<Id> =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids.slice(0, 2)) }, fc.constantFrom(...ids))
export const text = fc.constantFrom('', 'a', 'ä')
export const accountId = mostlyFirst(WORLD.accountIds)
export const conversationId = mostlyFirst(WORLD.conversationIds)
// The core lets nobody block themselves.
export const twoAccounts = fc
  .record({ blockerId: accountId, blockedId: accountId })
  .filter(({ blockerId, blockedId }) => blockerId !== blockedId)
export const once = fc.record({
  key: fc.constantFrom('k', 'l'),
  operation: fc.constantFrom('o', 'p'),
  digest: fc.constantFrom('d', 'e'),
  nonce: fc.option(text),
})
export const messageId = fc.integer({ min: 1, max: 6 }).map(toMessageId)
export const place = fc.integer({ min: 1, max: 6 })
export const at = fc.integer({ min: 1, max: 1_000 })
export const kind = fc.constantFrom(...WORLD.kinds)
export const digest = fc.constantFrom(...WORLD.digests)
export const sessionId = fc.constantFrom('s1', 's2', 's3').map(toSessionId)
export const keep = fc.record({ sessionId, at, expiresAt: at })
export const hash = fc.constantFrom('hash', 'other')
export const fileId = fc.constantFrom('f1', 'f2', 'f3').map(toFileId)
export const role = fc.constantFrom<Role>('owner', 'admin', 'moderator', 'member', 'reader')
