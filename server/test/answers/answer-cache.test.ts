import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerCache } from '../../src/answers/index.ts'

const SIZE = 100_000
/** Bytes that keeping a value takes besides the value, at most. */
const ENTRY = 1_000

/** A `AnswerCache` with room for so many values, which lists each value that it makes. */
function counted(values: number) {
  let now = 0
  const cache = new AnswerCache<{ key: string; byteLength: number }>(values * (SIZE + ENTRY), () => now)
  const made: string[] = []
  const get = (key: string, version = '1', byteLength = SIZE) =>
    cache.get(key, version, async () => {
      made.push(`${key}@${version}`)
      return { key, byteLength }
    })
  return {
    ...{ cache, made, get },
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('is made once for all who ask for the same version, also those who ask meanwhile', async () => {
  const { made, get } = counted(10)
  await Promise.all([get('a'), get('a')])
  await get('a')
  assert.deepEqual(made, ['a@1'])
})

test('is made anew for another version', async () => {
  const { made, get } = counted(10)
  for (const version of ['1', '2', '2', '1']) await get('a', version)
  assert.deepEqual(made, ['a@1', 'a@2', 'a@1'])
})

test('keeps no failure', async () => {
  const { cache, made, get } = counted(10)
  await assert.rejects(
    cache.get('a', '1', () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.equal((await get('a')).key, 'a')
  assert.deepEqual(made, ['a@1'])
})

test('the answer that was used longest ago is dropped when the cache is full', async () => {
  const { made, get } = counted(4)
  for (const key of ['a', 'b', 'c', 'd']) await get(key)
  await get('a')
  await get('e')
  made.length = 0
  for (const key of ['a', 'c', 'd', 'e']) await get(key)
  assert.deepEqual(made, [])
  await get('b')
  assert.deepEqual(made, ['b@1'])
})

test('an answer larger than a quarter of the cache is made each time, and displaces no other', async () => {
  const { made, get } = counted(4)
  await get('a')
  await get('huge', '1', SIZE + 5_000)
  await get('huge', '1', SIZE + 5_000)
  await get('a')
  assert.deepEqual(made, ['a@1', 'huge@1', 'huge@1'])
})

test('an answer is made anew after a minute, since names may have changed', async () => {
  const { made, get, pass } = counted(10)
  await get('a')
  pass(59_000)
  await get('a')
  assert.equal(made.length, 1)
  pass(2_000)
  await get('a')
  assert.equal(made.length, 2)
})

test('answers without bytes are bounded too', async () => {
  const { cache, made, get } = counted(4)
  for (let n = 0; n < 2_000; n++) await cache.get(`empty ${n}`, '1', async () => ({ key: '', byteLength: 0 }))
  await get('a')
  for (let n = 0; n < 2_000; n++) await cache.get(`more ${n}`, '1', async () => ({ key: '', byteLength: 0 }))
  await get('a')
  assert.deepEqual(made, ['a@1', 'a@1'])
})
