import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRuntime } from '../src/index.ts'

/** Characters of the time; one more from the year 2059 on. */
const TIME = 8

test('an id begins with its time, so that later ones come later', () => {
  const [before, id, after] = [Date.now(), systemRuntime.newId(), Date.now()]
  const at = Number.parseInt(id.slice(0, TIME), 36)
  assert.ok(before <= at && at <= after, `${id} at ${before}`)
})

test('no two ids are the same, and the server takes their length', () => {
  const ids = Array.from({ length: 100_000 }, () => systemRuntime.newId())
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every((id) => /^[0-9a-z]{11,38}$/.test(id)))
})
