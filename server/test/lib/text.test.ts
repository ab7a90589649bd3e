import assert from 'node:assert/strict'
import { test } from 'node:test'
import { composedLength } from '../../src/lib/text.ts'

const LENGTHS: readonly (readonly [text: string, length: number])[] = [
  ['', 0],
  ['abc', 3],
  ['🦊', 1],
  ['é', 1],
  ['e\u0301', 1],
  ['e\u0301'.repeat(255), 255],
  // Devanagari qa is one letter that its composed form writes as two.
  ['\u0958', 1],
]

for (const [text, length] of LENGTHS) {
  test(`${JSON.stringify(text.slice(0, 8))} counts as ${length}, composed or not`, () => {
    assert.equal(composedLength(text), length)
    assert.ok(composedLength(text.normalize('NFC')) >= length)
  })
}

test('no two characters below U+0300 compose', () => {
  const units = Array.from({ length: 0x300 }, (_, unit) => String.fromCharCode(unit))
  // Each beside each: a string of all that may follow one character is composed at once.
  const composed = units.filter((first) => {
    const text = units.map((second) => first + second).join('')
    return text.normalize('NFC') !== text
  })
  assert.deepEqual(composed, [])
})
