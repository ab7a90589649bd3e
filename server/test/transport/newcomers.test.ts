import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Newcomers } from '../../src/transport/newcomers.ts'

function world(bound: number) {
  const newcomers = new Newcomers<{ name: string; cutOff(): void }>(bound)
  const cut: string[] = []
  const sessions = Array.from('abcdef', (name) => ({ name, cutOff: () => void cut.push(name) }))
  return { newcomers, cut, sessions }
}

test('the oldest of too many sessions that have not entered are cut off, each once', () => {
  const { newcomers, cut, sessions } = world(4)
  for (const session of sessions) newcomers.add(session)
  assert.deepEqual(cut, ['a', 'b'])
})

test('a session that has entered, or is gone, makes room', () => {
  const { newcomers, cut, sessions } = world(1)
  for (const session of sessions) {
    newcomers.add(session)
    newcomers.delete(session)
  }
  newcomers.delete(undefined)
  assert.deepEqual(cut, [])
})
