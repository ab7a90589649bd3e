import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PathOwners } from '../../src/transport/index.ts'

const NOTHING_SHARED = new Map<string, readonly string[]>()
const owner = (name: string, ...paths: readonly string[]) => ({ name, paths })

test('a path is whose it is exactly, or whose is all below a slash', () => {
  const owners = new PathOwners({
    owners: [owner('ann', '/rooms', '/chat/'), owner('bob', '/room', '/chats')],
    shared: NOTHING_SHARED,
  })
  const nameOf = (path: string) => owners.find(path)?.name
  assert.deepEqual(['/rooms', '/chat/1', '/chat/', '/room', '/chats'].map(nameOf), [
    ...['ann', 'ann', 'ann'],
    ...['bob', 'bob'],
  ])
  assert.deepEqual(['/', '/chat', '/rooms/', '/Rooms', '/chats/1'].map(nameOf), Array(5).fill(undefined))
})

describe('two that claim the same path cannot be mounted together', () => {
  for (const [one, two] of [
    ['/chat', '/chat'],
    ['/chat/', '/chat/'],
    ['/chat/', '/chat/new'],
    ['/chat/new', '/chat/'],
    ['/chat/', '/chat/new/'],
  ] as const) {
    test(`${one} and ${two}`, () => {
      const owners = [owner('ann', one), owner('bob', two)]
      const message = `ann claims ${one}, and bob ${two}`
      assert.throws(() => new PathOwners({ owners, shared: NOTHING_SHARED }), { message })
    })
  }
})

describe('a shared path', () => {
  const shared = new Map([['/login', ['ann', 'bob']]])

  test("is nobody's alone, though those who share it list it", () => {
    const owners = new PathOwners({ owners: [owner('ann', '/login', '/a'), owner('bob', '/login')], shared })
    assert.equal(owners.find('/login'), undefined)
    assert.equal(owners.find('/a')?.name, 'ann')
  })

  test('cannot be claimed by others, not even with all that is beside it', () => {
    for (const path of ['/login', '/']) {
      const message = `eve claims ${path}, but /login is no dialect's own`
      assert.throws(() => new PathOwners({ owners: [owner('eve', path)], shared }), { message })
    }
  })
})
