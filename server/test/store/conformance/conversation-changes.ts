import assert from 'node:assert/strict'
import type { Account } from '../../../src/core/types.ts'
import { type Rule, refuses, series, type World } from '../world.ts'

export function conversationChangeRules(rule: Rule): void {
  changeRules(rule)
  renameRules(rule)
  directoryRules(rule)
}

function changeRules(rule: Rule): void {
  rule('changes what is given, as a change of its own, and leaves the rest', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    // Read once before: what is remembered of a conversation must not outlive the change.
    await world.store.conversations.find(group.conversationId)
    const { conversation, isNew } = await world.change(group, ann, { name: 'Team', membersAdd: false })
    const { updatedAt, activityAt } = conversation
    assert.equal(isNew, true)
    assert.ok(updatedAt > group.updatedAt && activityAt === updatedAt)
    const expected = { ...group, name: 'Team', membersAdd: false, updatedAt, activityAt, lastChange: 2 }
    assert.deepEqual(conversation, expected)
    assert.deepEqual(await world.conversation(group), expected)
    const topic = (await world.change(group, ann, { topic: 'Plans 🦊' })).conversation.topic
    assert.equal(topic, 'Plans 🦊')
    const listing = await world.store.conversations.findListing(bob.accountId, group.conversationId)
    const { name, membersAdd, lastChange } = listing?.conversation ?? {}
    assert.deepEqual([name, membersAdd, lastChange], ['Team', false, 3])
    const cleared = (await world.change(group, ann, { topic: null, name: null })).conversation
    assert.deepEqual([cleared.topic, cleared.name, cleared.membersAdd], [null, null, false])
    const logged = await world.store.changes.since(group.conversationId, 3, 9)
    assert.deepEqual(logged, [{ change: 4, kind: 'conversation_changed', byId: ann.accountId }])
  })

  rule('changes nothing when it is so already', async (world) => {
    const ann = await world.account('ann')
    const open = await world.open(ann, 'Hall')
    const unchanged = await world.change(open, ann, { name: 'Hall', topic: null, isListed: false })
    assert.deepEqual(unchanged, { conversation: open, isNew: false })
    assert.deepEqual(await world.conversation(open), open)
  })

  rule('changes nothing for a stranger, nor from a role that no longer holds', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann)
    const { conversationId } = group
    await refuses(world.change(group, bob, { name: 'Team' }), 'not_a_member', { conversationId })
    const late = world.change(group, ann, { name: 'Team', seen: { by: 'admin' } })
    await refuses(late, 'conflict', { conversationId })
    assert.deepEqual(await world.conversation(group), group)
  })

  rule('counts the members that a conversation has', async (world) => {
    const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
    const open = await world.open(ann)
    const count = async () => (await world.conversation(open)).memberCount
    await world.join(open, bob)
    await world.join(open, bob)
    await world.join(open, cy, ann)
    assert.equal(await count(), 3)
    await world.leave(open, bob)
    assert.equal(await count(), 2)
    assert.equal((await world.private(ann, bob)).memberCount, 2)
  })
}

function renameRules(rule: Rule): void {
  rule(
    'finds an open conversation by its new name, and gives the old one to whoever wants it',
    async (world) => {
      const ann = await world.account('ann')
      const open = await world.open(ann, 'Hall')
      const find = async (name: string) =>
        (await world.store.conversations.findOpenByName(name))?.conversationId
      assert.equal(await find('hall'), open.conversationId)
      await world.change(open, ann, { name: 'Räume' })
      assert.deepEqual([await find('räume'), await find('hall')], [open.conversationId, undefined])
      const other = await world.open(ann, 'HALL')
      assert.equal(await find('hall'), other.conversationId)
      await world.change(open, ann, { name: null })
      assert.equal(await find('räume'), undefined)
    },
  )

  rule('takes no name that is another open one, looks like it, or is a gid', async (world) => {
    const ann = await world.account('ann')
    const [hall, other, group] = [
      await world.open(ann, 'Hall'),
      await world.open(ann, 'Other'),
      await world.group(ann),
    ]
    for (const name of ['hall', 'Наll', group.gid])
      await refuses(world.change(other, ann, { name }), 'conversation_name_taken')
    await world.change(group, ann, { name: 'Hall' })
    await world.change(hall, ann, { name: 'HALL' })
    await world.change(hall, ann, { name: hall.gid })
    assert.equal((await world.conversation(other)).name, 'Other')
  })
}

function directoryRules(rule: Rule): void {
  rule('lists the listed by their names, page by page, and by how they begin', async (world) => {
    const ann = await world.account('ann')
    const names = ['delta', 'Alpha', 'charlie', 'Ärger', 'BRAVO', 'alphabet']
    for (const name of names) await world.change(await world.open(ann, name), ann, { isListed: true })
    await world.open(ann, 'hidden')
    const { accountId: viewerId } = ann
    const page = async (prefix: string, after: string | null, limit: number) =>
      (await world.store.conversations.directory({ viewerId, prefix, after, limit })).map(({ name }) => name)
    assert.deepEqual(await page('', null, 9), ['Alpha', 'alphabet', 'BRAVO', 'charlie', 'delta', 'Ärger'])
    assert.deepEqual(await page('', null, 2), ['Alpha', 'alphabet'])
    assert.deepEqual(await page('', 'alphabet', 2), ['BRAVO', 'charlie'])
    assert.deepEqual(await page('ALPHA', null, 9), ['Alpha', 'alphabet'])
    assert.deepEqual(await page('alpha', 'alpha', 9), ['alphabet'])
    assert.deepEqual(await page('ä', null, 9), ['Ärger'])
    assert.deepEqual(await page('x', null, 9), [])
  })

  rule('lists no more what is listed no more, and nothing without a name', async (world) => {
    const ann = await world.account('ann')
    const [hall, nameless] = [await world.open(ann, 'Hall'), await world.open(ann)]
    await world.change(hall, ann, { isListed: true })
    const refusal = { field: 'conversationName', fault: 'blank' }
    await refuses(world.change(nameless, ann, { isListed: true }), 'name_refused', refusal)
    await refuses(world.change(hall, ann, { name: null }), 'name_refused', refusal)
    await world.change(hall, ann, { name: 'Room' })
    const listed = async () => (await directoryOf(world, ann)).map(({ name }) => name)
    assert.deepEqual(await listed(), ['Room'])
    await world.change(hall, ann, { isListed: false })
    assert.deepEqual(await listed(), [])
  })

  rule('lists nothing that the viewer is banned from', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [hall, room] = [await world.open(ann, 'Hall'), await world.open(ann, 'Room')]
    for (const open of [hall, room]) await world.change(open, ann, { isListed: true })
    await world.join(hall, bob)
    await world.expel(hall, bob, ann)
    const listed = async (viewer: Account) => (await directoryOf(world, viewer)).map(({ name }) => name)
    assert.deepEqual([await listed(ann), await listed(bob)], [['Hall', 'Room'], ['Room']])
    await world.join(hall, bob, ann)
    assert.deepEqual(await listed(bob), ['Hall', 'Room'])
  })

  rule('gives a name to one of many conversations that are renamed at once', async (world) => {
    const ann = await world.account('ann')
    const opened = await Promise.all(series(5).map(() => world.open(ann)))
    const renamed = await Promise.allSettled(opened.map((open) => world.change(open, ann, { name: 'Hall' })))
    assert.equal(renamed.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const result of renamed)
      if (result.status === 'rejected') assert.equal(result.reason.code, 'conversation_name_taken')
  })
}

const directoryOf = ({ store }: World, { accountId: viewerId }: Account) =>
  store.conversations.directory({ viewerId, prefix: '', after: null, limit: 9 })
