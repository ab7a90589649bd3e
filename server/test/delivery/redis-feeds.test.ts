import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type AccountNews, openFeeds } from '../../src/delivery/index.ts'
import { startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { briefly } from './two-nodes.ts'
import { twoRedisNodes } from './two-redis-nodes.ts'

// Two nodes on one Redis, the first of which is cut off from it when somebody comes to it.

const nodes = await startRedisNodes()

async function cutOff(t: TestContext) {
  let isDown = false
  const { cuttable, steady, proxy, ann, conversation, standing } = await twoRedisNodes(t, nodes, () => {
    isDown = true
  })
  const feeds = openFeeds({ ...cuttable, onError: (error) => assert.fail(String(error)) })
  proxy.cut('stay')
  await until('the loss', () => isDown)
  return {
    feeds,
    ann,
    conversation,
    far: steady.chat,
    say: (body: string) => steady.chat.messages.send(ann, standing, { body }),
    reconnect: () => proxy.restore(),
  }
}

test('a conversation first followed during an outage: all that was said since is told after it', async (t) => {
  const { feeds, conversation, say, reconnect } = await cutOff(t)
  const { conversationId } = conversation
  await say('before')
  await feeds.ready(conversationId)
  const heard: string[] = []
  feeds.follow(conversationId, (event) => heard.push(briefly(event)))
  await say('during')
  await say('and again')
  reconnect()
  await until('what was said', () => heard.length === 2)
  await say('after')
  await until('what is said now', () => heard.length === 3)
  assert.deepEqual(heard, ['during', 'and again', 'after'])
  assert.ok(feeds.heals > 0)
})

test('an account first followed during an outage is reviewed as after one', async (t) => {
  const { feeds, ann, conversation, far, reconnect } = await cutOff(t)
  const heard: AccountNews[] = []
  feeds.followAccount(ann.accountId, (news) => heard.push(news))
  await far.conversations.leave(ann.accountId, conversation)
  reconnect()
  await until('the review', () => heard.length > 0)
  const { credentialsSince } = ann
  assert.equal(heard.length, 1)
  assert.partialDeepStrictEqual(heard, [
    {
      type: 'account.reviewed',
      accountId: ann.accountId,
      credentialsSince,
      conversationIds: new Set(),
      isAfterOutage: true,
    },
  ])
})
