import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ChatError } from '../../src/core/errors.ts'
import { type Account, type Conversation, toGid, toSessionId } from '../../src/core/types.ts'
import { newGid } from '../../src/lib/ids.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { REQUEST_KEY_LIFE, type Store } from '../../src/store/store.ts'
import { postgresIsMissing, tempSchema } from '../support/postgres.ts'
import { present, series, World } from './world.ts'

const missing = await postgresIsMissing()

async function nodes(t: TestContext): Promise<readonly [World, World]> {
  const url = await tempSchema(t)
  const opened = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })])
  t.after(() => Promise.all(opened.map((store) => store.close())))
  return [new World(opened[0]), new World(opened[1])]
}

interface Asked {
  readonly key: string
  readonly digest?: string
  readonly at: number
}

const once = ({ key, digest = 'body' }: Asked, operation: string) => ({
  ...{ key, operation, digest, nonce: key },
})

const create = async ({ conversations }: Store, { accountId }: Account, asked: Asked) => {
  const made = await conversations.create({
    ...{ gid: toGid(newGid()), kind: 'group', name: null, creatorId: accountId, memberIds: [accountId] },
    ...{ once: once(asked, 'create'), at: asked.at },
  })
  return { id: made.conversation.conversationId, isRepeat: made.isRepeat }
}

const invite = async ({ invites }: Store, { conversationId }: Conversation, by: Account, asked: Asked) => {
  const made = await invites.create({
    ...{ conversationId, byId: by.accountId, seen: { by: 'owner' }, digest: newGid(), maxUses: 1 },
    ...{ once: once(asked, `invite ${conversationId}`), at: asked.at, expiresAt: asked.at + 1 },
  })
  return { id: made.invite.inviteId, isRepeat: made.isRepeat }
}

test('a key that two nodes are given at once creates once', { skip: missing }, async (t) => {
  const worlds = await nodes(t)
  const ann = await worlds[0].account('ann')
  const group = await worlds[0].group(ann)
  for (const round of series(20)) {
    const asked = { key: `${round}`, at: worlds[0].now() }
    const inviting = { key: `i${round}`, at: asked.at }
    const made = await Promise.all(worlds.map(({ store }) => create(store, ann, asked)))
    const invited = await Promise.all(worlds.map(({ store }) => invite(store, group, ann, inviting)))
    for (const [one, other] of [made, invited]) {
      assert.equal(one?.id, other?.id)
      assert.notEqual(one?.isRepeat, other?.isRepeat)
    }
  }
  assert.equal((await worlds[1].store.conversations.idsOf(ann.accountId)).length, 21)
})

test('two nodes that take the same keys for conversations and invites, some of them expired, go on', {
  skip: missing,
}, async (t) => {
  const worlds = await nodes(t)
  const people = await worlds[0].accounts('ann', 'bob', 'cy')
  const groups = await Promise.all(people.map((person) => worlds[0].group(person)))
  let made = 0
  for (const round of series(10)) {
    // Each round is a day later: all keys are expired, and each write sweeps those of all accounts.
    const at = worlds[0].now() + round * REQUEST_KEY_LIFE
    const asking = worlds.flatMap(({ store }, node) =>
      series(40).map((n) => {
        // In opposite orders.
        const key = `${node === 0 ? n % 8 : 7 - (n % 8)}`
        const person = present(people[n % 3])
        return n % 2 === 0
          ? create(store, person, { key, at })
          : invite(store, present(groups[n % 3]), person, { key, at })
      }),
    )
    for (const result of await Promise.allSettled(asking))
      if (result.status === 'fulfilled') made += result.value.isRepeat ? 0 : 1
      else
        assert.ok(
          result.reason instanceof ChatError && result.reason.code === 'idempotency_key_reused',
          String(result.reason),
        )
  }
  // Three people, eight keys, ten days.
  assert.equal(made, 240)
})

test('a session that one node ends or keeps is so on the other at once', { skip: missing }, async (t) => {
  const [one, other] = await nodes(t)
  const ann = await one.account('ann')
  for (const digest of ['a', 'b', 'c']) await one.session(ann, digest)
  const alive = async ({ store }: World) => {
    const found = ['a', 'b', 'c'].map((digest) => store.sessions.find('rooms', digest))
    return (await Promise.all(found)).flatMap((session) => session?.sessionId ?? [])
  }
  assert.deepEqual(await alive(other), ['a', 'b', 'c'])
  await one.store.sessions.end(ann.accountId, toSessionId('a'))
  assert.deepEqual(await alive(other), ['b', 'c'])
  const keep = { sessionId: toSessionId('c'), at: 1, expiresAt: 1 }
  await one.store.accounts.revoke(ann.accountId, { at: one.now(), disable: false, keep })
  assert.deepEqual(await alive(other), ['c'])
})
