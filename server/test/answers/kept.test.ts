import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kept } from '../../src/answers/index.ts'

/** Values of so many bytes, which count how often they are made. */
function counted(maxBytes: number) {
  let now = 0
  const kept = new Kept<{ key: string; byteLength: number }>(maxBytes, () => now)
  const made: string[] = []
  const get = (key: string, version = '1', byteLength = 10) =>
    kept.get(key, version, async () => {
      made.push(`${key}@${version}`)
      return { key, byteLength }
    })
  return {
    ...{ kept, made, get },
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('is made once for all who ask for the same version, also those who ask meanwhile', async () => {
  const { made, get } = counted(100)
  await Promise.all([get('a'), get('a')])
  await get('a')
  assert.deepEqual(made, ['a@1'])
})

test('is made anew for another version', async () => {
  const { made, get } = counted(100)
  for (const version of ['1', '2', '2', '1']) await get('a', version)
  assert.deepEqual(made, ['a@1', 'a@2', 'a@1'])
})

test('keeps no failure', async () => {
  const { kept, made, get } = counted(100)
  await assert.rejects(
    kept.get('a', '1', () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.equal((await get('a')).key, 'a')
  assert.deepEqual(made, ['a@1'])
})

test('what is longest unused goes when there is too much', async () => {
  const { made, get } = counted(40)
  for (const key of ['a', 'b', 'c', 'd']) await get(key)
  await get('a')
  await get('e')
  made.length = 0
  for (const key of ['a', 'c', 'd', 'e']) await get(key)
  assert.deepEqual(made, [])
  await get('b')
  assert.deepEqual(made, ['b@1'])
})

test('what would take more than a quarter is made each time, and drives nothing out', async () => {
  const { made, get } = counted(40)
  await get('a')
  await get('huge', '1', 11)
  await get('huge', '1', 11)
  await get('a')
  assert.deepEqual(made, ['a@1', 'huge@1', 'huge@1'])
})

test('is made anew after a minute, since names may have changed', async () => {
  const { made, get, pass } = counted(100)
  await get('a')
  pass(59_000)
  await get('a')
  assert.equal(made.length, 1)
  pass(2_000)
  await get('a')
  assert.equal(made.length, 2)
})
