import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emojiText } from '../build/emoji.ts'
import { findEmoji, groupsOf } from '../src/emoji/emoji.ts'

const all = (language: string) => groupsOf(emojiText(language)).flatMap(({ emoji }) => emoji)

test('every emoji has a name and a code of its own, in each language', () => {
  for (const language of ['en', 'de']) {
    const emoji = all(language)
    assert.ok(emoji.length > 1_500, `${emoji.length} in ${language}`)
    for (const { character } of emoji) assert.match(character, /^\p{RGI_Emoji}$/v)
    assert.deepEqual(
      emoji.filter(({ name, code }) => name === '' || !/^[\p{L}\p{N}_+-]+$/u.test(code)),
      [],
    )
    assert.equal(new Set(emoji.map(({ code }) => code)).size, emoji.length)
  }
})

test('a reaction that is picked is the same as one that a keyboard writes', () => {
  const characters = new Set(all('en').map(({ character }) => character))
  for (const key of ['👍', '❤️', '😂', '🎉', '😮', '😢', '👀', '✅'])
    assert.ok(characters.has(key), `${key} is not among them`)
})

test('emoji are found by beginnings of their words, that of exactly this code first', () => {
  const found = (query: string) => findEmoji(all('en'), query, 8).map(({ character }) => character)
  assert.equal(found('heart')[0], '❤️')
  assert.equal(found('tad')[0], '🎉')
  assert.equal(found('red car')[0], '🚗')
  assert.deepEqual(found('xyzzy'), [])
  assert.equal(
    findEmoji(all('de'), 'auto', 8).some(({ character }) => character === '🚗'),
    true,
  )
})
