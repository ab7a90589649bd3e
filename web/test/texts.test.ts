import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const SOURCES = join(import.meta.dirname, '../src')
const FOLDER = join(SOURCES, 'text')
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

test('every text is shown somewhere', () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: SOURCES }).map((name) =>
    readFileSync(join(SOURCES, name), 'utf8'),
  )
  const all = sources.join('\n')
  /** Beginnings of keys that are put together. */
  const begun = [...all.matchAll(/`([a-z]+(?:\.[a-zA-Z]+)*\.)\$\{/g)].map(([, beginning = '']) => beginning)
  const isShown = (key: string) =>
    all.includes(`'${key}'`) || begun.some((beginning) => key.startsWith(beginning))
  assert.deepEqual(
    Object.keys(read('en.json')).filter((key) => !isShown(key)),
    [],
  )
})
