import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import { Chat } from '../../src/core/chat.ts'
import { type AccountNews, openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { refuses } from '../store/world.ts'
import { PASSWORD } from '../support/chat.ts'
import { proxyTo, tempSchema } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { WildBus } from './two-nodes.ts'

const fail = (error: unknown) => assert.fail(String(error))

test('a review for which the database is away comes when it is back, and says what holds then', async (t) => {
  const url = await tempSchema(t)
  const { proxy, url: cuttable } = await proxyTo(t, url)
  const [near, far] = [await openPostgresStore({ url: cuttable }), await openPostgresStore({ url })]
  t.after(() => Promise.all([near.close(), far.close()]))
  const bus = new WildBus(fail)
  const parts = { clock: systemClock(), maxMessageBytes: 100 }
  const chat = new Chat({ ...parts, store: near, bus })
  const elsewhere = new Chat({ ...parts, store: far, bus: new LocalBus(fail) })
  const { accountId } = await elsewhere.accounts.register({ username: 'ann', password: PASSWORD })
  const heard: AccountNews[] = []
  openFeeds({ bus, chat, onError: fail }).followAccount(accountId, (news) => heard.push(news))

  proxy.cut('stay')
  bus.recover()
  await refuses(near.ping(), 'unavailable')
  const { conversation } = await elsewhere.conversations.createOpen(accountId, null)
  await elsewhere.credentials.revoke(accountId)
  assert.deepEqual(heard, [])
  proxy.restore()

  await until('the review', () => heard.length > 0)
  assert.equal(heard.length, 1)
  assert.partialDeepStrictEqual(heard, [
    {
      type: 'account.reviewed',
      accountId,
      credentialsSince: (await elsewhere.accounts.find(accountId))?.credentialsSince,
      conversationIds: new Set([conversation.conversationId]),
      isAfterOutage: true,
    },
  ])
})
