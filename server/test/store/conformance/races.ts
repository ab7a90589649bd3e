import assert from 'node:assert/strict'
import { present, type Rule, series } from '../world.ts'

const succeeded = <T>(results: readonly PromiseSettledResult<T>[]): T[] =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))

export function raceRules(rule: Rule): void {
  rule('numbers concurrent sends gaplessly, in the order they resolve', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const groups = [await world.group(ann, bob), await world.group(bob, ann)]
    const resolved = new Map(groups.map(({ conversationId }) => [conversationId, [] as number[][]]))
    const sends = series(600).map(async (n) => {
      const { message, change } = await world.send(present(groups[n % 2]), n % 3 ? ann : bob, `${n}`)
      present(resolved.get(message.conversationId)).push([message.seq, change])
    })
    await Promise.all(sends)
    for (const numbers of resolved.values())
      assert.deepEqual(
        numbers,
        series(300).map((seq) => [seq, seq + 1]),
      )
  })

  rule('opens one private conversation for two who ask at once', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const created = await Promise.all(
      series(10).map((n) => world.create('private', n % 2 ? [ann, bob] : [bob, ann])),
    )
    assert.equal(new Set(created.map(({ conversation }) => conversation.conversationId)).size, 1)
    assert.equal(created.filter(({ isNew }) => isNew).length, 1)
    assert.equal((await world.store.conversations.idsOf(ann.accountId)).length, 1)
  })

  rule('gives a name to exactly one of many who want it', async (world) => {
    const wanted = ['ann', 'Ann', 'ANN', 'ａｎｎ', 'an\u200bn', 'ɑnn']
    const accounts = succeeded(await Promise.allSettled(wanted.map((name) => world.account(name))))
    assert.equal(accounts.length, 1)
    const ann = present(accounts[0])
    const opened = await Promise.allSettled(wanted.map((name) => world.open(ann, name)))
    assert.equal(succeeded(opened).length, 1)
  })

  rule('stores one of many sends with one client id', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await Promise.all(series(20).map(() => world.send(group, ann, 'once', { clientId: 'c' })))
    assert.equal(sent.filter(({ isNew }) => isNew).length, 1)
    assert.equal(new Set(sent.map(({ message }) => message.messageId)).size, 1)
    assert.deepEqual(await world.bodies(group), ['once'])
  })

  rule('makes one membership of many entries', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    const joined = await Promise.all(series(10).map(() => world.join(open, bob)))
    assert.equal(joined.filter(({ isNew }) => isNew).length, 1)
    assert.equal((await world.store.members.list(open.conversationId)).length, 2)
    assert.equal((await world.conversation(open)).lastChange, 2)
  })

  rule('hands a conversation over to one of two, and leaves it one owner', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    const seen = { by: 'owner', role: 'member' } as const
    const results = await Promise.allSettled(
      [bob, cy].map((heir) => world.changeRole(group, heir, 'owner', ann, seen)),
    )
    assert.equal(succeeded(results).length, 1)
    const members = await world.store.members.list(group.conversationId)
    assert.deepEqual(members.map(({ role }) => role).sort(), ['admin', 'member', 'owner'])
  })

  rule('lets nobody in who was banned first, however many try at once', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(ann)
    await world.join(open, bob)
    const { conversationId } = open
    const { accountId } = bob
    const entry = { conversationId, accountId, added: null, at: world.now() }
    const removal = { conversationId, accountId, byId: ann.accountId, at: world.now() }
    const { members: store } = world.store
    const results = await Promise.allSettled([
      ...series(3).map(() => store.join(entry)),
      store.remove({ ...removal, seen: { by: 'owner', role: 'member' } }),
      ...series(3).map(() => store.join(entry)),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      series(7).map((n) => (n <= 4 ? 'fulfilled' : 'rejected')),
    )
    const members = await store.list(conversationId)
    assert.deepEqual(
      members.map(({ username }) => username),
      ['ann'],
    )
  })

  rule('leaves a conversation one owner when the owner and the heir leave at once', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    const results = await Promise.allSettled([world.leave(group, bob, null), world.leave(group, ann, bob)])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    await world.leave(group, ann)
    const [last] = await world.store.members.list(group.conversationId)
    assert.deepEqual([last?.username, last?.role], ['cy', 'owner'])
  })

  rule('stores nothing sent after a leave or a block that came first', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const pair = await world.private(ann, bob)
    const results = await Promise.allSettled([
      world.leave(group, bob, null),
      world.send(group, bob, 'too late'),
      world.block(bob, ann),
      world.send(pair, ann, 'too late'),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    )
    assert.deepEqual([await world.bodies(group), await world.bodies(pair)], [[], []])
  })

  rule('deletes a message once for many who try', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { message } = await world.send(group, ann, 'one')
    const results = await Promise.allSettled(series(5).map(() => world.delete(message.messageId, ann)))
    assert.deepEqual(
      succeeded(results).map(({ change }) => change),
      [3],
    )
    assert.equal((await world.conversation(group)).lastChange, 3)
  })
}
