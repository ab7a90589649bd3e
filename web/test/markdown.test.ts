import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Block, blocksOf } from '../src/markdown/blocks.ts'
import { type Inline, inlines } from '../src/markdown/inline.ts'
import { lineOf } from '../src/markdown/line.ts'

/** A short way to write what was found: `b(…)` for strong text and the like. */
const shown = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      switch (part.is) {
        case 'text':
          return part.text
        case 'code':
          return `code(${part.text})`
        case 'break':
          return '⏎'
        case 'link':
          return `link(${part.href}: ${shown(part.children)})`
        default:
          return `${part.is}(${shown(part.children)})`
      }
    })
    .join('')

const INLINES: readonly (readonly [text: string, found: string])[] = [
  ['plain', 'plain'],
  ['**bold** and *so*', 'strong(bold) and em(so)'],
  ['**a *b* c**', 'strong(a em(b) c)'],
  ['_so_ but not snake_case_names', 'em(so) but not snake_case_names'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['**not closed', '**not closed'],
  ['~~gone~~', 'strike(gone)'],
  ['`a **b** c`', 'code(a **b** c)'],
  ['``a ` b``', 'code(a ` b)'],
  ['see https://example.com/a_b_c.', 'see link(https://example.com/a_b_c: https://example.com/a_b_c).'],
  ['(https://example.com/x)', '(link(https://example.com/x: https://example.com/x))'],
  ['[here](https://example.com)', 'link(https://example.com: here)'],
  ['[here](javascript:alert(1))', '[here](javascript:alert(1))'],
  ['[here](data:text/html,x)', '[here](data:text/html,x)'],
  ['<b>no</b> &amp;', '<b>no</b> &amp;'],
  ['one\ntwo', 'one⏎two'],
  ['\\*not\\*', '*not*'],
  ['hhhttps://x', 'hhhttps://x'],
]

for (const [text, found] of INLINES) {
  test(`${JSON.stringify(text)} is read as ${found}`, () => {
    assert.equal(shown(inlines(text)), found)
  })
}

const kindsOf = (text: string): readonly string[] => blocksOf(text).map(({ is }) => is)

test('paragraphs, lists, quotes and code are blocks of their own', () => {
  const text = 'one\ntwo\n\n- a\n- b\n\n3. c\n4. d\n> q\n> r\nend\n```js\n**x**\n```\nafter'
  assert.deepEqual(kindsOf(text), ['paragraph', 'list', 'list', 'quote', 'paragraph', 'fence', 'paragraph'])
  const fence = blocksOf(text).find((block) => block.is === 'fence')
  assert.deepEqual(fence, { is: 'fence', text: '**x**', language: 'js' })
  const ordered = blocksOf(text).find((block) => block.is === 'list' && block.isOrdered)
  assert.equal(ordered?.is === 'list' && ordered.start, 3)
})

test('code that is not closed goes on to the end', () => {
  assert.deepEqual(kindsOf('```\na\n- b'), ['fence'])
})

const textOf = (blocks: readonly Block[]): string => JSON.stringify(blocks)

test('nothing of a message is lost or invented: each word is still there', () => {
  const mark = fc.constantFrom(
    '*',
    '**',
    '_',
    '`',
    '```',
    '~~',
    '[',
    '](',
    ')',
    '>',
    '- ',
    '1. ',
    '\n',
    '\\',
    'https://a.b/',
    '# ',
  )
  const word = fc.stringMatching(/^[a-z]{4,8}$/)
  fc.assert(
    fc.property(fc.array(fc.oneof(mark, word), { maxLength: 60 }), (parts) => {
      const found = textOf(blocksOf(parts.join(' ')))
      for (const part of parts) if (/^[a-z]{4,8}$/.test(part)) assert.ok(found.includes(part), part)
    }),
  )
})

test('a message of 60,000 characters of marks is read, whatever they are', () => {
  for (const mark of [
    '*',
    '**',
    '_',
    '`',
    '~',
    '[',
    '[](',
    '> ',
    '- ',
    'h',
    'https://',
    '\\',
    '*a',
    '_a ',
    '**a ',
    '[a](https://',
  ])
    assert.ok(textOf(blocksOf(mark.repeat(60_000 / mark.length))).length > 0)
})

test('one line of a text has no marks that lines begin with, and keeps those that do not', () => {
  assert.equal(lineOf('- one\n- two\n\n> a > b\n\n```ts\nconst a = 1\n```'), 'one two a > b const a = 1')
  assert.equal(lineOf('## A title\n-5 degrees\n#tag'), 'A title -5 degrees #tag')
})
