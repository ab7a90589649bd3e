import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phrasesIn } from '../../src/core/search.ts'

const shown = (text: string) =>
  phrasesIn(text).map(
    ({ units, isPrefix }) => units.map(({ folded }) => folded).join(' ') + (isPrefix ? '*' : ''),
  )

test('a query is words, phrases in quotes, and beginnings', () => {
  assert.deepEqual(shown('one "two three" fou*'), ['one', 'two three', 'fou*'])
  assert.deepEqual(shown('"open end'), ['open end'])
  assert.deepEqual(shown('"to be"* foo-bar'), ['to be*', 'foo bar'])
  assert.deepEqual(shown('AND OR NOT NEAR(a b) ^c -d e:f'), [
    ...['and', 'or', 'not', 'near a', 'b', 'c', 'd', 'e f'],
  ])
})

test('a query without a word has no phrase', () => {
  for (const text of ['', ' ', '"', '""', '*', '" "*', '!?…', '\0', '\ud800'])
    assert.deepEqual(shown(text), [])
})
