import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { DEVICES, type Person, REGISTRARS, someone } from '../support/clients/index.ts'
import { NAME_TAKEN, nameRefused, refusalOf } from './refusals.ts'
import { type Participant, World } from './world.ts'

// People who read names must be able to tell them apart, and each dialect shows them to the clients of all.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ann = await world.join('ann')
  ben = await world.join('ben')
})
after(() => world[Symbol.asyncDispose]())

/** Spellings that people read as the same name. */
const LIKE: Readonly<Record<string, (name: string) => string>> = {
  'in capitals': (name) => name.toUpperCase(),
  'with spaces around it': (name) => ` ${name}\u3000`,
  'in Cyrillic': (name) => name.replaceAll('o', 'о').replaceAll('p', 'р').replaceAll('e', 'е'),
}

const FAULTS = {
  'invisible or control characters': ['x\u200b', 'x\u202e', 'x\u00ad', 'x\n', 'x\u{E0041}', 'x\u3164'],
  'accents upon nothing or piled up': ['\u0301x', `x${'\u0300\u0301\u0302\u0303\u0304'}`],
  'letters of several scripts that look alike': ['аlice'],
  'nothing at all': ['\u200b', ' \u3000', '\u2800\u2800'],
}

describe('a username', () => {
  for (const dialect of DIALECT_NAMES) {
    test(`is refused by ${dialect} in its own words when it cannot be read`, async () => {
      for (const [words, names] of Object.entries(FAULTS)) {
        for (const username of names) {
          const answer = await DEVICES[dialect].register(world.server, { ...someone('x'), username })
          const expected = nameRefused(words === 'nothing at all' ? undefined : words)[dialect]
          assert.deepEqual(answer, expected, `${words}: ${JSON.stringify(username)}`)
        }
      }
    })

    test(`is taken in ${dialect} by one that looks like it`, async () => {
      const poe: Person = { ...someone('x'), username: 'poe' }
      await DEVICES.rooms.register(world.server, poe)
      for (const [how, like] of Object.entries(LIKE)) {
        const other = { username: like(poe.username), password: 'something else' }
        assert.deepEqual(await DEVICES[dialect].register(world.server, other), NAME_TAKEN[dialect], how)
      }
    })
  }

  test('lets its owner in however it is typed, in every dialect', async () => {
    for (const registrar of REGISTRARS) {
      const person = { ...someone('x'), username: `Straße  ${registrar} 🦊` }
      await DEVICES[registrar].register(world.server, { ...person, username: `${person.username} ` })
      for (const dialect of DIALECT_NAMES)
        for (const username of [person.username, ` STRASSE ${registrar}\u00a0🦊\u200b`])
          await (await DEVICES[dialect].logIn(world.server, { ...person, username })).close()
    }
  })
})

describe('a conversation', () => {
  test('is refused a name that cannot be read, in the words of who opens it', async () => {
    const opening = { kind: 'group', others: [ben], name: 'x\u200b' } as const
    const without = 'without invisible or control characters'
    assert.deepEqual(await refusalOf(world.open(ann, 'chatapp', opening)), {
      success: false,
      type: 'create_conversation',
      error: `name value expected ${without}`,
    })
    assert.deepEqual(await ann.groups.ask('create_group', { group_name: 'x\u200b' }), [
      ['invalid_request', { Error: `group_name must be ${without}.` }],
    ])
    assert.deepEqual(await refusalOf(world.open(ann, 'messenger', opening)), {
      status: 422,
      body: { detail: [{ loc: ['body', 'name'], msg: `text must be ${without}`, type: 'value_error' }] },
    })
  })

  test('is refused a name that looks like an open one', async () => {
    await world.open(ann, 'groups', { kind: 'open', others: [], name: 'the pope' })
    for (const group_name of ['THE  POPE', 'the роре', ' the pope\u00a0'])
      assert.deepEqual(await ben.groups.ask('create_group', { group_name }), [
        ['group_already_created', { Error: 'Group has already been created.' }],
      ])
    assert.equal(
      (await ann.groups.ask('join_group', { group_name: 'The\u00a0Pope\u200b' }))[0]?.[0],
      'join_success',
    )
  })
})

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
    // Every name that is shown is accepted again: each group is entered by it.
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
