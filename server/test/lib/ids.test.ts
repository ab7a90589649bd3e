import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPublicId } from '../../src/lib/ids.ts'

test('an id that people give to a command never looks like an option', () => {
  const ids = Array.from({ length: 5_000 }, newPublicId)
  assert.ok(ids.every((id) => /^[A-Za-z0-9_][A-Za-z0-9_-]{15}$/.test(id)))
  assert.equal(new Set(ids).size, ids.length)
})
