import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccountNotices } from '../../src/core/chat.ts'
import { MICROS_PER_SECOND } from '../../src/lib/clock.ts'
import { chatWith } from '../support/chat.ts'
import { until } from '../support/until.ts'

const HOUR = 3600 * MICROS_PER_SECOND

test("a revocation by another process, whose clock was set back since, voids this one's tokens for good", async (t) => {
  const { chat, store, bus, clock, people } = await chatWith(t, 'ann')
  const { accounts } = chat
  const { tokenTimes } = chat.credentials
  const notices = await AccountNotices.watch({
    store: store.accounts,
    state: store.accountState,
    tokenTimes,
    bus,
    onNews: () => undefined,
  })
  t.after(() => notices.close())
  const { accountId } = people.ann
  const stolen = tokenTimes.issue(people.ann)
  clock.advance(-HOUR)
  await store.accounts.revoke(accountId, { at: clock.nowMicros(), disable: false })
  const find = async () => (await accounts.find(accountId)) ?? assert.fail()
  assert.equal(tokenTimes.isVoid(stolen, await find()), true)
  await until(
    'it to be dated after them',
    async () => (await find()).credentialsSince >= stolen * MICROS_PER_SECOND,
  )
  const next = tokenTimes.issue(await find())
  for (const hours of [0, 1, 5]) {
    clock.advance(hours * HOUR)
    assert.equal(tokenTimes.isVoid(stolen, await find()), true, `${hours}`)
    assert.equal(tokenTimes.isVoid(next, await find()), false, `${hours}`)
  }
})

test('a revocation of long ago is not taken for a new one while the clock is set back', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann')
  const { tokenTimes } = chat.credentials
  const longAgo = clock.nowMicros()
  clock.advance(3 * HOUR)
  tokenTimes.issue(people.ann)
  clock.advance(-HOUR)
  assert.equal(tokenTimes.isTooEarly(clock.nowMicros()), true)
  assert.equal(tokenTimes.isTooEarly(longAgo), false)
})

test('a revocation by another process whose clock is right is left as it is', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'ann')
  const { tokenTimes } = chat.credentials
  const since = clock.nowMicros()
  clock.advance(HOUR)
  tokenTimes.issue(people.ann)
  assert.equal(tokenTimes.isTooEarly(since), false)
  clock.advance(HOUR)
  assert.equal(tokenTimes.isTooEarly(since), false)
})
