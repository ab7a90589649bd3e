import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DIALECT_NAMES, DIALECTS } from '../../src/dialects/index.ts'
import { chooserOf, routeOf } from '../../src/dialects/shared-routes.ts'
import { SettingsReader } from '../../src/lib/settings.ts'

// The rows of the table of dialects, each by itself and beside the others.

for (const name of DIALECT_NAMES) {
  test(`${name} reads every setting that it names`, () => {
    const { settings } = DIALECTS[name]
    const read = new Set<string>()
    const values = new Proxy<Record<string, string>>(
      {},
      { get: (_, setting) => void read.add(String(setting)) },
    )
    settings.read(new SettingsReader(values), true)
    assert.deepEqual(
      settings.names.filter((setting) => !read.has(setting)),
      [],
    )
  })
}

describe('the bodies of a shared path', () => {
  test('go to the dialect whose key they have, else to the one that takes the others', () => {
    const route = routeOf('/login', [
      ['rooms', 'otherwise'],
      ['groups', 'none'],
      ['messenger', { key: 'email' }],
    ])
    assert.deepEqual(route, { byKey: [['email', 'messenger']], otherwise: 'rooms' })
  })

  test('cannot have two dialects by one key', () => {
    const rows = [
      ['chatapp', 'otherwise'],
      ['rooms', { key: 'login' }],
      ['groups', { key: 'login' }],
    ] as const
    assert.throws(
      () => routeOf('/login', rows),
      /two dialects take the bodies of \/login that have the key login/,
    )
  })

  test('have exactly one dialect for those without a key', () => {
    const both = [
      ['chatapp', 'otherwise'],
      ['rooms', 'otherwise'],
    ] as const
    for (const rows of [both, [], [['rooms', { key: 'login' }]]] as const)
      assert.throws(() => routeOf('/login', rows), /exactly one dialect must take the bodies of \/login/)
  })
})

describe('a preflight', () => {
  test('is answered by the dialect that lists the origin, else by the one that takes the others', () => {
    const choose = chooserOf([
      ['chatapp', ['https://a.example']],
      ['rooms', 'others'],
      ['groups', []],
    ])
    assert.deepEqual(['https://a.example', 'https://b.example', undefined].map(choose), [
      'chatapp',
      'rooms',
      'rooms',
    ])
    assert.equal(chooserOf([['chatapp', ['https://a.example']]])('https://b.example'), undefined)
  })

  test('cannot have two dialects for one origin, or for the others', () => {
    const claims = [
      ['chatapp', ['https://a.example']],
      ['groups', ['https://a.example']],
    ] as const
    assert.throws(
      () => chooserOf(claims),
      /chatapp and groups both answer the preflights of https:\/\/a.example/,
    )
    assert.throws(
      () =>
        chooserOf([
          ['rooms', 'others'],
          ['groups', 'others'],
        ]),
      /rooms and groups both answer/,
    )
  })
})
