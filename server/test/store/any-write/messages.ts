import fc from 'fast-check'
import type { ArgumentsOf } from './argument.ts'
import { accountId, at, conversationId, digest, fileId, messageId, place, role, text } from './small-world.ts'

const mentions = fc.uniqueArray(
  fc.oneof(
    fc.record({ account: accountId, at: fc.constant([0, 1] as const) }),
    fc.constant({ all: true as const, at: [0, 1] as const }),
  ),
  { maxLength: 3 },
)

/** Arguments for the writes of messages, and of what hangs on them. */
export const MESSAGES: ArgumentsOf<'messages' | 'pins' | 'reactions' | 'files'> = {
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
