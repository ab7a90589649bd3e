import assert from 'node:assert/strict'
import { type Account, type Conversation, type MessageId, toConversationId } from '../../../src/core/types.ts'
import type { MessagePage } from '../../../src/store/store.ts'
import { present, type Rule, series, type World } from '../world.ts'

const ALL = Number.POSITIVE_INFINITY

/** Ten messages, '1' to '10', with another conversation's in between. */
async function tenMessages(world: World) {
  const ann = await world.account('ann')
  const group = await world.group(ann)
  const other = await world.group(ann)
  const ids: MessageId[] = []
  for (const n of series(10)) {
    ids.push((await world.send(group, ann, `${n}`)).message.messageId)
    await world.send(other, ann, 'elsewhere')
  }
  const page = async (wanted: Omit<MessagePage, 'conversationId'>) => {
    const { conversationId } = group
    const messages = await world.store.messages.list({ conversationId, ...wanted })
    return messages.map(({ body }) => Number(body))
  }
  return { ann, group, page, id: (n: number): MessageId => present(ids[n - 1]) }
}

async function many(world: World, count: number): Promise<{ ann: Account; group: Conversation }> {
  const ann = await world.account('ann')
  const group = await world.group(ann)
  await Promise.all(series(count).map((n) => world.send(group, ann, `${n}`)))
  return { ann, group }
}

export function pagingRules(rule: Rule): void {
  rule('holds the newest messages, oldest first', async (world) => {
    const { page } = await tenMessages(world)
    assert.deepEqual(await page({ limit: 3 }), [8, 9, 10])
    assert.deepEqual(await page({ limit: 99 }), series(10))
    assert.deepEqual(await page({ limit: 0 }), [])
  })

  rule('holds the newest below `before`', async (world) => {
    const { page, id } = await tenMessages(world)
    assert.deepEqual(await page({ before: id(8), limit: 3 }), [5, 6, 7])
    assert.deepEqual(await page({ before: id(3), limit: 3 }), [1, 2])
    assert.deepEqual(await page({ before: id(1), limit: 3 }), [])
    assert.deepEqual(await page({ before: id(4) + 1, limit: ALL }), [1, 2, 3, 4])
  })

  rule('holds the oldest above `after`', async (world) => {
    const { page, id } = await tenMessages(world)
    assert.deepEqual(await page({ after: 0, limit: 3 }), [1, 2, 3])
    assert.deepEqual(await page({ after: id(8), limit: 3 }), [9, 10])
    assert.deepEqual(await page({ after: id(10), limit: 3 }), [])
    assert.deepEqual(await page({ after: id(7), limit: ALL }), [8, 9, 10])
  })

  rule('holds what is between `after` and `before`', async (world) => {
    const { page, id } = await tenMessages(world)
    assert.deepEqual(await page({ after: id(2), before: id(9), limit: 3 }), [3, 4, 5])
    assert.deepEqual(await page({ after: id(7), before: id(9), limit: 3 }), [8])
  })

  rule('finds its place by any id, whatever it is of', async (world) => {
    const { page, id, ann } = await tenMessages(world)
    for (const n of [1, 5, 6, 10]) await world.delete(id(n), ann)
    const left = [2, 3, 4, 7, 8, 9]
    for (let any = id(1) - 1; any <= id(10) + 2; any++) {
      const below = left.filter((n) => id(n) < any)
      assert.deepEqual(await page({ before: any, limit: ALL }), below, `before ${any}`)
      const above = left.filter((n) => id(n) > any)
      assert.deepEqual(await page({ after: any, limit: ALL }), above, `after ${any}`)
    }
  })

  rule('leaves the deleted out without shortening a page', async (world) => {
    const { page, id, ann } = await tenMessages(world)
    for (const n of [2, 8, 10]) await world.delete(id(n), ann)
    assert.deepEqual(await page({ limit: 3 }), [6, 7, 9])
    assert.deepEqual(await page({ after: 0, limit: 3 }), [1, 3, 4])
    assert.deepEqual(await page({ limit: ALL }), [1, 3, 4, 5, 6, 7, 9])
  })

  rule('reads a long history whole, either way', async (world) => {
    const { group } = await many(world, 2500)
    const { conversationId } = group
    for (const page of [
      { limit: ALL },
      { limit: ALL, after: 0 },
      { limit: 2500 },
      { limit: 2500, after: 0 },
    ]) {
      const messages = await world.store.messages.list({ conversationId, ...page })
      assert.deepEqual(
        messages.map(({ seq }) => seq),
        series(2500),
      )
    }
  })

  rule('lists by places, both ends included, without the deleted', async (world) => {
    const { group, id, ann } = await tenMessages(world)
    await world.delete(id(5), ann)
    const places = async (first: number, last: number) => {
      const messages = await world.store.messages.listPlaces(group.conversationId, { first, last })
      return messages.map(({ seq }) => seq)
    }
    assert.deepEqual(await places(1, 3), [1, 2, 3])
    assert.deepEqual(await places(4, 6), [4, 6])
    assert.deepEqual(await places(9, 99), [9, 10])
    assert.deepEqual(await places(11, 20), [])
  })

  rule('lists nothing of a conversation that is not', async ({ store }) => {
    assert.deepEqual(await store.messages.list({ conversationId: toConversationId(1), limit: ALL }), [])
  })
}
