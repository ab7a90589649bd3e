import assert from 'node:assert/strict'
import { type Rule, refuses, series } from '../world.ts'

export function storeRules(rule: Rule): void {
  rule('answers a ping while it is open', async ({ store }) => {
    await store.ping()
  })

  rule('keeps what it accepted before close, and refuses afterwards', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sends = series(20).map((n) => world.send(group, ann, `${n}`))
    await Promise.all([world.store.close(), ...sends])
    await refuses(world.send(group, ann, 'late'), 'unavailable')
    await refuses(world.store.ping(), 'unavailable')
  })

  rule('keeps the epoch that it began with', async ({ store }) => {
    const epoch = await store.epoch()
    assert.match(epoch, /^[\da-f-]{36}$/)
    assert.equal(await store.epoch(), epoch)
  })

  rule('closes more than once without complaint', async ({ store }) => {
    await Promise.all([store.close(), store.close()])
    await store.close()
  })

  rule('settles writes of every kind in the order they were made', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const exit = { conversationId: group.conversationId, accountId: ann.accountId }
    const settled: number[] = []
    const writes = [
      world.send(group, ann, 'one'),
      world.account('ann'),
      world.store.accounts.setProfile({ accountId: ann.accountId, bio: 'bio', at: world.now() }),
      world.store.members.leave({ ...exit, heirId: null, at: world.now() }),
      world.send(group, ann, 'two'),
    ]
    const note = (index: number) => () => settled.push(index)
    await Promise.all(writes.map((write, index) => write.then(note(index), note(index))))
    assert.deepEqual(settled, [0, 1, 2, 3, 4])
  })

  rule('lets one refusal leave its neighbours alone', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    const results = await Promise.allSettled([
      world.send(group, ann, 'one'),
      world.send(group, bob, 'not mine'),
      world.account('ANN'),
      world.send(group, ann, 'two'),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(await world.bodies(group), ['one', 'two'])
  })

  rule('shows a write to every read that begins after it resolved', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    for (const n of series(50)) {
      const { message } = await world.send(group, ann, `${n}`)
      assert.deepEqual(await world.store.messages.find(message.messageId), message)
    }
  })
}
