import assert from 'node:assert/strict'
import type { Account, Mention } from '../../../src/core/types.ts'
import type { NewMessage } from '../../../src/store/store.ts'
import { present, type Rule } from '../world.ts'

const at = [0, 4] as const
const named = ({ accountId: account }: Account): Mention => ({ account, at })
const ALL: Mention = { all: true, at }

const naming = (...mentions: readonly Mention[]): Pick<NewMessage, 'extras'> => ({
  extras: { format: 'plain', thread: null, replyToSeq: null, mentions },
})

export function mentionRules(rule: Rule): void {
  rule('keeps who is named, members only, and numbers each of them once', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob)
    const cursor = await world.store.accountState.cursor(bob.accountId)
    const facts = naming(named(bob), named(cy), ALL, named(bob))
    const { message, touched = [] } = await world.send(group, ann, '@bob @cy @all @bob', facts)
    const mentions = [named(bob), ALL, named(bob)]
    assert.deepEqual((message as unknown as { mentions: unknown }).mentions, mentions)
    assert.deepEqual((await world.details(message)).mentions, mentions)
    const key = `${group.conversationId}:1`
    const row = { kind: 'mention', key, number: cursor + 1, isGone: false }
    assert.deepEqual(touched, [{ accountId: bob.accountId, ...row }])
    assert.deepEqual(await world.store.accountState.since(bob.accountId, cursor, 9), [row])
    assert.equal(await world.store.accountState.cursor(cy.accountId), 0)
    const nobody = await world.send(group, ann, '@cy', naming(named(cy)))
    assert.deepEqual([nobody.touched, (await world.details(nobody.message)).mentions], [[], []])
  })

  rule('lets an edit name others, and numbers only those that are new', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const group = await world.group(ann, bob, cy)
    const { message } = await world.send(group, ann, '@bob', naming(named(bob)))
    const both = await world.edit(message, ann, '@bob @cy', null, [named(bob), named(cy)])
    assert.deepEqual(
      both.touched.map(({ accountId }) => accountId),
      [cy.accountId],
    )
    assert.deepEqual(both.message.mentions, [named(bob), named(cy)])
    const one = await world.edit(message, ann, '@cy', null, [named(cy)])
    assert.deepEqual(one.touched, [])
    assert.deepEqual(await world.mentionsOf(bob), [])
    assert.deepEqual(await world.mentionsOf(cy), ['@cy'])
    const none = await world.edit(message, ann, 'nobody')
    assert.deepEqual([none.touched, none.message.mentions], [[], []])
    assert.deepEqual(await world.mentionsOf(cy), [])
  })

  rule(
    'lists where an account is named, alone or with everybody, newest first, where it is a member',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      const [group, room] = [await world.group(ann, bob), await world.open(ann)]
      await world.join(room, bob)
      await world.send(group, ann, '1 @bob', naming(named(bob)))
      await world.send(room, ann, '2 @all', naming(ALL))
      await world.send(group, ann, '3 @ann', naming(named(ann)))
      const gone = await world.send(room, ann, '4 @bob', naming(named(bob)))
      await world.send(room, ann, '5 @bob @all', naming(named(bob), ALL))
      const last = await world.send(group, ann, '6 @bob', naming(named(bob)))
      assert.deepEqual(await world.mentionsOf(bob), ['6 @bob', '5 @bob @all', '4 @bob', '2 @all', '1 @bob'])
      assert.deepEqual(await world.mentionsOf(bob, { before: last.message.messageId, limit: 2 }), [
        '5 @bob @all',
        '4 @bob',
      ])
      await world.remove(gone.message, ann)
      assert.deepEqual(await world.mentionsOf(bob), ['6 @bob', '5 @bob @all', '2 @all', '1 @bob'])
      const details = await world.details(gone.message)
      assert.deepEqual(details.mentions, [])
      await world.leave(room, bob)
      assert.deepEqual(await world.mentionsOf(bob), ['6 @bob', '1 @bob'])
    },
  )

  rule('knows when everybody was last named', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const last = () => world.store.mentions.lastOfAll(group.conversationId)
    assert.equal(await last(), undefined)
    const first = await world.send(group, ann, '@all', naming(ALL))
    const second = await world.send(group, ann, '@all', naming(ALL))
    assert.equal(await last(), second.message.sentAt)
    await world.remove(second.message, ann)
    assert.equal(await last(), first.message.sentAt)
  })

  rule('counts the messages that name a member among the unread ones', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    await world.send(group, ann, 'nobody')
    await world.send(group, ann, '@bob @all', naming(named(bob), ALL))
    const gone = await world.send(group, ann, '@bob', naming(named(bob)))
    await world.send(group, ann, '@all', naming(ALL))
    await world.send(group, ann, '@ann', naming(named(ann)))
    await world.remove(gone.message, ann)
    const badge = async () => {
      const [found] = await world.store.memberships.find(bob.accountId, [group.conversationId])
      const { unread, mentions } = present(found).own
      return [unread, mentions]
    }
    assert.deepEqual(await badge(), [4, 2])
    const mark = { conversationId: group.conversationId, accountId: bob.accountId, isForced: false }
    const read = await world.store.memberships.markReadUpTo({ ...mark, seq: 2, at: world.now() })
    assert.deepEqual([read.unread, read.mentions], [2, 1])
    assert.deepEqual(await badge(), [2, 1])
  })
}
