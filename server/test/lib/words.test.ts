import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { placesOf, unitsOf } from '../../src/lib/words.ts'

const foldedOf = (text: string) => unitsOf(text).map(({ folded }) => folded)

test('words are the same whatever their case, accents and width', () => {
  const same: readonly (readonly string[])[] = [
    ['Crème', 'CREME', 'cre\u0300me', 'ｃｒｅｍｅ'],
    ['Straße', 'STRASSE', 'strasse'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'σισυφοσ'],
    ['İstanbul', 'istanbul', 'ISTANBUL'],
    ['ﬁn', 'FIN'],
    ['مُحَمَّد', 'محمد'],
  ]
  for (const forms of same) assert.equal(new Set(forms.flatMap(foldedOf)).size, 1, forms.join(' '))
})

test('punctuation parts words, and so do broken characters', () => {
  assert.deepEqual(foldedOf('foo-bar_baz. (qux)'), ['foo', 'bar', 'baz', 'qux'])
  assert.deepEqual(foldedOf('a\0b\ud800c'), ['a', 'b', 'c'])
  assert.deepEqual(foldedOf('" * : & | ! \\ 👋🏽 ...'), [])
})

test('scripts without spaces are taken by characters', () => {
  assert.deepEqual(foldedOf('日本語 test テスト'), ['日', '本', '語', 'test', 'テ', 'ス', 'ト'])
  assert.deepEqual(foldedOf('ไทย'), ['ไ', 'ท', 'ย'])
  assert.deepEqual(foldedOf('한국어'), ['한국어'])
  assert.deepEqual(foldedOf('हिन्दी'), ['हिन्दी'])
})

test('places are offsets of the text itself', () => {
  const text = '👋 Crème, crème brûlée!'
  const places = (words: string, isPrefix = false) =>
    placesOf({ units: unitsOf(words), isPrefix }, unitsOf(text)).map(([from, to]) => text.slice(from, to))
  assert.deepEqual(places('creme'), ['Crème', 'crème'])
  assert.deepEqual(places('creme brulee'), ['crème brûlée'])
  assert.deepEqual(places('bru', true), ['brûlée'])
  assert.deepEqual(places('bru'), [])
})

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.stringMatching(/^[a-zäöß日本ไท \ud800*"]{0,30}$/),
)

test('any text is taken apart in order, each word is found where it stands, and again in its folded form', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const units = unitsOf(text)
      let end = 0
      for (const { folded, from, to } of units) {
        assert.ok(from >= end && to > from && to <= text.length)
        end = to
        assert.match(folded, /^[\p{L}\p{N}\p{M}]+$/u)
        assert.ok(folded.isWellFormed())
      }
      if (units.length > 0) assert.ok(placesOf({ units, isPrefix: false }, units).length > 0)
    }),
  )
})

/** Every place tried at each word. */
function placesTried(words: readonly string[], isPrefix: boolean, text: readonly string[]): number[] {
  const found: number[] = []
  for (let n = 0; n + words.length <= text.length; n++) {
    const isHere = words.every((word, i) =>
      isPrefix && i === words.length - 1 ? text[n + i]?.startsWith(word) : text[n + i] === word,
    )
    if (!isHere) continue
    found.push(n)
    n += words.length - 1
  }
  return found
}

test('a phrase is found where it stands, also among beginnings of itself', () => {
  const word = fc.constantFrom('a', 'b', 'ab')
  const wordsOf = (maxLength: number) => fc.array(word, { minLength: 1, maxLength })
  fc.assert(
    fc.property(wordsOf(5), wordsOf(40), fc.boolean(), (words, text, isPrefix) => {
      const units = unitsOf(text.join(' '))
      const places = placesOf({ units: unitsOf(words.join(' ')), isPrefix }, units)
      assert.deepEqual(
        places.map(([from]) => units.findIndex((unit) => unit.from === from)),
        placesTried(words, isPrefix, text),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('a phrase of which a text repeats the beginning costs a few looks at each word', () => {
  let looks = 0
  const units = unitsOf('a '.repeat(4_000)).map((unit) => ({
    ...unit,
    get folded() {
      looks++
      return 'a'
    },
  }))
  assert.deepEqual(placesOf({ units: unitsOf(`${'a '.repeat(120)}b`), isPrefix: false }, units), [])
  assert.ok(looks <= 4 * units.length, String(looks))
})
