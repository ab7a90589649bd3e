import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import { conversationTopic, toAccountId, toConversationId } from '../../src/core/chat.ts'
import { DirectFeeds } from '../../src/delivery/index.ts'

const conversationId = toConversationId(1)
const fail = (error: unknown) => assert.fail(String(error))

/** Tells these changes of one conversation to one follower; answers which it heard, and what was reported. */
function tell(changes: readonly number[]) {
  const bus = new LocalBus(fail)
  const reported: string[] = []
  const feeds = new DirectFeeds({ bus, onError: fail, onDisorder: ({ message }) => reported.push(message) })
  const heard: number[] = []
  feeds.follow(conversationId, (event) => heard.push('change' in event ? event.change : 0))
  for (const change of changes)
    bus.publish(conversationTopic(conversationId), {
      type: 'member.left',
      conversationId,
      change,
      accountId: toAccountId(1),
      byId: null,
    })
  return { heard, reported }
}

test('changes in their order are told, and nothing is reported, wherever they begin', () => {
  assert.deepEqual(tell([4, 5, 6]), { heard: [4, 5, 6], reported: [] })
})

test('a gap, a step back and a repetition are each reported, and told all the same', () => {
  for (const changes of [
    [4, 6],
    [4, 3],
    [4, 4],
  ]) {
    const { heard, reported } = tell(changes)
    assert.deepEqual(heard, changes)
    assert.deepEqual(reported, [`conversation 1 tells change ${changes[1]}, member.left, after 4`])
  }
})
