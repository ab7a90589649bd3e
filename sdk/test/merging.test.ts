import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KnownEvent, MessagePage } from '../src/index.ts'
import { Messages, type PageQuery } from '../src/store/messages.ts'
import { FakeConversation } from '../src/testing/index.ts'

const [ALICE, BOB] = ['a_1', 'a_2']
const personOf = (id: string) => ({ id, username: id, displayName: id })

const deed = fc.record({
  what: fc.constantFrom('send', 'send', 'edit', 'delete', 'react', 'page'),
  at: fc.nat(1_000),
  limit: fc.integer({ min: 1, max: 6 }),
})

/** A conversation, its events in order, and pages that were read between them. */
function history(deeds: readonly { what: string; at: number; limit: number }[]) {
  const events: KnownEvent[] = []
  const pages: { readonly page: MessagePage; readonly query: PageQuery }[] = []
  const conversation = new FakeConversation({
    facts: { id: 'c_1', kind: 'group', name: null, creator: ALICE },
    people: [personOf(ALICE), personOf(BOB)],
    time: () => `2026-01-01T00:00:00.${String(events.length).padStart(6, '0')}Z`,
    attached: () => [],
    onEvent: (event) => events.push(event),
  })
  const live = () => conversation.messages.filter(({ deletedAt }) => !deletedAt)
  for (const [step, { what, at, limit }] of deeds.entries()) {
    const target = live()[at % Math.max(1, live().length)]
    if (what === 'send') conversation.send(ALICE, { clientId: String(step), body: String(step) })
    if (what === 'edit' && target) conversation.edit(ALICE, target.seq, `edited ${step}`)
    if (what === 'delete' && target) conversation.delete(ALICE, target.seq)
    if (what === 'react' && target) conversation.react(BOB, target.seq, { key: '👍', added: at % 3 > 0 })
    if (what === 'page') {
      const around = 1 + (at % (conversation.lastSeq + 1))
      const query = at % 2 === 0 ? { limit } : { around, limit }
      const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
      pages.push({ page: conversation.page(BOB, asked), query })
    }
  }
  return { conversation, events, pages }
}

test('pages merge into what events have told in any order, and nothing older is ever shown', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), fc.array(fc.nat(1_000)), (deeds, places) => {
      const { conversation, events, pages } = history(deeds)
      const messages = new Messages(() => BOB)
      const all: (() => void)[] = events.map((event) => () => messages.apply(event))
      for (const [at, { page, query }] of pages.entries())
        all.splice((places[at] ?? 0) % (all.length + 1), 0, () => messages.merge(page, query))
      for (const run of all) run()
      for (const message of conversation.messages) {
        const held = messages.get(message.seq)
        assert.equal(held?.deletedAt, message.deletedAt)
        if (message.deletedAt) continue
        assert.deepEqual(held?.message, message)
        assert.deepEqual(held?.own, conversation.ownOf(BOB, message.seq))
      }
      assert.deepEqual([messages.first, messages.head], [1, conversation.lastSeq])
      assert.deepEqual(messages.holes, [])
    }),
  )
})
