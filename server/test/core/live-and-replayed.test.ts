import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Account, type MessageSent, sentDetails } from '../../src/core/chat.ts'
import { present } from '../store/world.ts'
import { chatOn } from '../support/chat.ts'
import { deep } from '../support/deep.ts'
import { stores } from '../support/stores.ts'

// An event of a send is told live, or is read from the log by a node or client that has missed it.

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })

/** A send as a dialect makes it; `earlier` picks one of the messages before it, modulo their number. */
const sends = fc.record({
  body: fc.string({ minLength: 1, maxLength: 20 }).filter((body) => !body.includes('\0')),
  hasClientId: fc.boolean(),
  reply: maybe(fc.nat()),
  native: maybe(
    fc.record({
      format: fc.constantFrom('plain', 'markdown'),
      thread: maybe(fc.nat()),
      names: fc.constantFrom('nobody', 'bob', 'all'),
    }),
  ),
})

type Send = typeof sends extends fc.Arbitrary<infer One> ? One : never

const mentionsOf = (names: 'nobody' | 'bob' | 'all', bob: Account) =>
  names === 'nobody'
    ? []
    : names === 'bob'
      ? ([{ account: bob.accountId, at: [0, 1] }] as const)
      : ([{ all: true, at: [0, 1] }] as const)

for (const { name, missing, open } of await stores())
  describe(`a send on ${name}`, { skip: missing }, () => {
    test('has the same details when it is told live and when it is read from the log', async (t) => {
      const [store, remove] = await open()
      t.after(async () => {
        await store.close()
        await remove()
      })
      const { chat, people, eventsOf } = await chatOn(store, 'ann', 'bob')
      const { ann, bob } = people
      let clientIds = 0

      const isSame = async (wanted: readonly Send[]) => {
        const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
        const { conversationId } = conversation
        await chat.conversations.add(ann.accountId, conversationId, bob.accountId)
        const standing = present(await chat.conversations.standing(ann.accountId, conversationId))
        const live = eventsOf(conversationId)
        const sent: MessageSent[] = []
        const roots: number[] = []
        const pick = <One>(from: readonly One[], n: number | undefined): One | undefined =>
          n === undefined ? undefined : from[n % Math.max(1, from.length)]
        for (const { body, hasClientId, reply, native } of wanted) {
          const quoted = pick(sent, reply)?.message
          const thread = pick(roots, native?.thread)
          const draft = { body, ...(hasClientId && { clientId: `${++clientIds}` }) }
          const extras = native && {
            format: native.format,
            thread: thread ?? null,
            replyToSeq: quoted?.seq ?? null,
            mentions: mentionsOf(native.names, bob),
          }
          await chat.messages.send(
            ann,
            standing,
            extras ? { ...draft, native: extras } : { ...draft, replyTo: quoted?.messageId ?? null },
          )
          const told = live.at(-1)
          assert.ok(told?.type === 'message.sent')
          if (thread === undefined) roots.push(told.message.seq)
          sent.push(told)
          const { events } = await chat.changes.since(conversationId, told.change - 1)
          const [replayed] = events
          assert.ok(replayed?.type === 'message.sent')
          assert.deepEqual(sentDetails(told), sentDetails(replayed))
        }
      }
      const property = fc.asyncProperty(fc.array(sends, { minLength: 1, maxLength: 8 }), isSame)
      await fc.assert(property, { numRuns: deep(40) })
    })
  })
