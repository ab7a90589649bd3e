import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { isStoreFailure } from '../../../src/core/errors.ts'
import { type AccountId, type ConversationId, type MessageId, toGid } from '../../../src/core/types.ts'
import { newGid } from '../../../src/lib/ids.ts'
import type { Rule, World } from '../world.ts'

/** A text that is too long for every index, and that no compression shortens. */
const TOO_LONG = randomBytes(100_000).toString('base64')
const NUL = 'a\0b'
/** Numbers that no column of whole numbers has. */
const NUMBERS = [1e30, -1e30, Number.POSITIVE_INFINITY, Number.NaN, 1.5, -1]

/** Writes that an engine may not be able to take, each with such a value in one place. */
function misfits(world: World, ann: Account, group: Conversation): readonly (() => Promise<unknown>)[] {
  const { accounts, members, contacts, messages } = world.store
  return [
    () => world.send(group, ann, NUL),
    () => world.send(group, ann, 'x', { clientId: TOO_LONG }),
    () => world.send(group, ann, 'x', { clientId: NUL }),
    () => world.account('long', { username: TOO_LONG }),
    () => world.account('nul', { username: NUL }),
    () => world.account('email', { email: TOO_LONG }),
    () => world.create('open', [ann], { name: TOO_LONG }),
    () => world.create('open', [ann], { name: NUL }),
    () => world.create('group', [ann], { gid: toGid(`${newGid()}${TOO_LONG}`) }),
    () => world.session(ann, TOO_LONG),
    () => world.session(ann, NUL),
    () => world.session(ann, 'device', { device: NUL }),
    () => accounts.setProfile({ accountId: ann.accountId, bio: NUL, at: world.now() }),
    ...NUMBERS.flatMap((n) => [
      () => world.send(group, ann, 'x', { at: n }),
      () => world.send(group, ann, 'x', { conversationId: n as ConversationId }),
      () => world.send(group, ann, 'x', { senderId: n as AccountId }),
      () => world.send(group, ann, 'x', { replyTo: n as MessageId }),
      () => messages.delete({ messageId: n as MessageId, by: ann.accountId, at: world.now() }),
      () => accounts.setSeen(n as AccountId, world.now()),
      () => contacts.add(ann.accountId, n as AccountId, world.now()),
      () =>
        members.markRead({ conversationId: n as ConversationId, accountId: ann.accountId, at: world.now() }),
    ]),
  ]
}

type Account = Awaited<ReturnType<World['account']>>
type Conversation = Awaited<ReturnType<World['group']>>

export function misfitRules(rule: Rule): void {
  rule('keeps a write that the engine cannot take from failing those beside it', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [group, beside] = [await world.group(ann), await world.group(bob)]
    const bodies: string[] = []
    for (const [n, write] of misfits(world, ann, group).entries()) {
      // The writes of one turn are one batch.
      const before = world.send(beside, bob, `before ${n}`)
      const failure = write().then(
        () => undefined,
        (error: unknown) => error,
      )
      const after = world.send(beside, bob, `after ${n}`)
      await Promise.all([before, after])
      assert.ok(!isStoreFailure(await failure), `${n}: ${write} is told as an outage`)
      bodies.push(`before ${n}`, `after ${n}`)
    }
    assert.deepEqual(await world.bodies(beside), bodies)
    const { lastSeq, lastChange } = await world.conversation(beside)
    assert.deepEqual([lastSeq, lastChange], [bodies.length, bodies.length + 1], 'without a hole')
  })

  rule('keeps a question that nothing can be the answer to from failing those beside it', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { accounts, conversations, messages, sessions } = world.store
    for (const text of [NUL, TOO_LONG]) {
      const found = await Promise.all([
        ...[accounts.findByUsername(text), accounts.findByEmail(text), conversations.findByGid(text)],
        ...[conversations.findOpenByName(text), sessions.find('k', text)],
        accounts.findByUsername('ann'),
      ])
      assert.deepEqual(found, [undefined, undefined, undefined, undefined, undefined, ann])
    }
    for (const n of NUMBERS) {
      const found = await Promise.all([
        ...[
          accounts.find(n as AccountId),
          messages.find(n as MessageId),
          conversations.find(n as ConversationId),
        ],
        accounts.find(ann.accountId),
      ])
      assert.deepEqual(found, [undefined, undefined, undefined, ann])
      const standing = await conversations.standing(n as AccountId, group.conversationId)
      assert.equal(standing?.member, null)
    }
  })
}
