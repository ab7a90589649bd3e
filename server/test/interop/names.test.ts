import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Participant, World } from './world.ts'

// Groups names conversations by text, so it must have a text for each, and no two alike.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ann = await world.join('ann')
  ben = await world.join('ben')
})
after(() => world[Symbol.asyncDispose]())

describe('group_list', () => {
  test('shows open groups by their names and everything else by its gid', async () => {
    const places = [
      await world.open(ann, 'messenger', { kind: 'private', others: [ben] }),
      await world.open(ann, 'chatapp', { kind: 'group', others: [ben], name: 'a name of its own' }),
      await world.open(ann, 'rooms', { kind: 'open', others: [ben] }),
      await world.open(ann, 'groups', { kind: 'open', others: [ben], name: 'the lobby' }),
    ]
    const names = places.map(({ kind, name, gid }) => (kind === 'open' && name ? name : gid))
    assert.equal(names[3], 'the lobby')
    assert.deepEqual(await ben.groups.list(), names)
    // What it shows is what it takes: each is entered by that name.
    for (const group_name of names) {
      const [[event] = []] = await ben.groups.ask('enter_group', { group_name })
      assert.equal(event, 'enter_group')
    }
  })

  test('a group is not created under an existing gid, whoever opened that', async () => {
    const taken = [['group_already_created', { Error: 'Group has already been created.' }]]
    for (const [opener, kind] of [
      ['channels', 'private'],
      ['chatapp', 'group'],
      ['rooms', 'open'],
    ] as const) {
      const { gid } = await world.open(ann, opener, { kind, others: [ben] })
      assert.deepEqual(await ann.groups.ask('create_group', { group_name: gid }), taken, opener)
    }
  })

  test('the name of a group that is not open is free for an open one', async () => {
    const group = await world.open(ann, 'chatapp', { kind: 'group', others: [ben], name: 'the kitchen' })
    const open = await world.open(ben, 'groups', { kind: 'open', others: [], name: 'the kitchen' })
    await ben.groups.send(open, 'in the open')
    assert.deepEqual(await ann.chatapp.history(group), [])
  })
})
