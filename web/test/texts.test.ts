import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const FOLDER = join(import.meta.dirname, '../src/text')
const read = (name: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
const holesOf = (text: string | undefined) => (text?.match(/\{\w+\}/g) ?? []).sort()

test('every language has all texts, in the same order, with the same values to fill in', () => {
  const english = read('en.json')
  const keys = Object.keys(english)
  assert.deepEqual(keys, keys.toSorted())
  assert.ok(files.length > 1)
  for (const name of files) {
    const texts = read(name)
    assert.deepEqual(Object.keys(texts), keys, name)
    for (const key of keys) assert.deepEqual(holesOf(texts[key]), holesOf(english[key]), `${name}: ${key}`)
  }
})
