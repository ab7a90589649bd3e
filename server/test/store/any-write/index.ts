import fc from 'fast-check'
import { toAccountId, toConversationId } from '../../../src/core/types.ts'
import type { Argument, WriteName } from '../../../src/store/writes.ts'
import { CONVERSATIONS } from './conversations.ts'
import { MESSAGES } from './messages.ts'
import { PEOPLE } from './people.ts'
import { WORLD } from './small-world.ts'

export { portOf } from './port-of.ts'
export { WORLD } from './small-world.ts'

// Every write with any argument of a small world.

const ARGUMENTS: { readonly [Name in WriteName]: fc.Arbitrary<Argument<Name>> } = {
  ping: fc.constant(null),
  ...PEOPLE,
  ...CONVERSATIONS,
  ...MESSAGES,
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
