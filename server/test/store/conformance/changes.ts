import assert from 'node:assert/strict'
import {
  type Account,
  type Conversation,
  type ConversationId,
  toConversationId,
} from '../../../src/core/types.ts'
import type { LoggedChange } from '../../../src/store/store.ts'
import { type Rule, series, type World } from '../world.ts'

export function changeRules(rule: Rule): void {
  rule('logs every kind of change in one series', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const room = await world.open(ann)
    const { conversationId } = room
    const one = await world.send(room, ann, 'one')
    await world.join(room, bob)
    const two = await world.send(room, bob, 'two')
    await world.delete(one.message.messageId, ann)
    await world.leave(room, bob)
    const found = await world.store.changes.since(conversationId, 0, 100)
    assert.deepEqual(found.map(briefly), [
      `created ${ann.accountId}`,
      'sent, deleted since',
      `joined ${bob.accountId}`,
      'sent two by bob',
      'deleted 1',
      `left ${bob.accountId}`,
    ])
    assert.deepEqual(numbersOf(found), series(6))
    const sent = found[3]
    assert.ok(sent?.kind === 'sent')
    assert.deepEqual(sent.message, await world.details(two.message))
  })

  rule('goes on from any change, page by page', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const room = await world.open(ann)
    for (const n of series(20)) {
      await world.send(room, ann, `${n}`)
      if (n % 4 === 0) await (n % 8 === 0 ? world.leave(room, bob) : world.join(room, bob))
    }
    const whole = await world.store.changes.since(room.conversationId, 0, 100)
    assert.equal(whole.length, 26)
    for (const limit of [1, 3, 26]) {
      for (const after of [0, 1, 5, 6, 25, 26, 27]) {
        const page = await world.store.changes.since(room.conversationId, after, limit)
        assert.deepEqual(page, whole.slice(after, after + limit), `${limit} after ${after}`)
      }
    }
  })

  rule('tells the last change of many conversations at once', async (world) => {
    const ann = await world.account('ann')
    const [quiet, busy] = [await world.open(ann), await world.open(ann)]
    for (const n of series(3)) await world.send(busy, ann, `${n}`)
    const absent = toConversationId(999_999)
    const found = await world.store.changes.last([quiet.conversationId, absent, busy.conversationId])
    assert.deepEqual(
      new Map(found),
      new Map<ConversationId, number>([
        [quiet.conversationId, 1],
        [busy.conversationId, 4],
      ]),
    )
    assert.equal((await world.store.changes.last([])).size, 0)
    assert.deepEqual(await world.store.changes.since(absent, 0, 10), [])
  })

  rule('tells by which change an account became a member', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const [group, room] = [await world.group(ann, bob), await world.open(ann)]
    await world.send(room, ann, 'one')
    await world.join(room, bob)
    await world.leave(room, bob)
    const { change } = await world.join(room, bob)
    const ids = [group.conversationId, room.conversationId]
    const joiningOf = async (who: Account) => [...(await world.store.changes.joining(who.accountId, ids))]
    assert.deepEqual(await joiningOf(ann), [
      [ids[0], 1],
      [ids[1], 1],
    ])
    assert.deepEqual(await joiningOf(bob), [
      [ids[0], 1],
      [ids[1], change],
    ])
    assert.deepEqual(await joiningOf(cy), [])
    assert.equal(change, 5)
  })

  rule('never has a hole while others write', async (world) => {
    const ann = await world.account('ann')
    const room = await world.open(ann)
    const writing = Promise.all(series(200).map((n) => sendAndDelete(world, room, ann, n)))
    let isOver = false
    writing.finally(() => {
      isOver = true
    })
    let known = 0
    for (;;) {
      // Asked before: what was read while the last was written may lack it.
      const wasOver = isOver
      const page = await world.store.changes.since(room.conversationId, known, 50)
      assert.deepEqual(
        numbersOf(page),
        series(page.length).map((n) => known + n),
      )
      known += page.length
      if (wasOver && page.length === 0) break
      await new Promise(setImmediate)
    }
    await writing
    assert.equal(known, 1 + 300)
  })
}

async function sendAndDelete(world: World, room: Conversation, sender: Account, n: number): Promise<void> {
  const { message } = await world.send(room, sender, `${n}`)
  if (n % 2 === 0) await world.delete(message.messageId, sender)
}

const numbersOf = (changes: readonly LoggedChange[]) => changes.map(({ change }) => change)

function briefly(logged: LoggedChange): string {
  if (logged.kind === 'sent') {
    const { message } = logged
    return message ? `sent ${message.body} by ${message.sender.username}` : 'sent, deleted since'
  }
  if (logged.kind === 'edited') return `edited, now ${logged.message?.body ?? 'deleted'}`
  if (logged.kind === 'conversation_changed') return `changed by ${logged.byId}`
  if (logged.kind === 'reacted') return `reacted to ${logged.message?.body ?? 'what is deleted'}`
  if (logged.kind === 'purged') return `purged up to ${logged.upToSeq}`
  if (logged.kind === 'forgotten') return 'forgotten'
  return `${logged.kind} ${'seq' in logged ? logged.seq : logged.accountId}`
}
