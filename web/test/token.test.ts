import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeAt, tokenAt } from '../src/composer/token.ts'

/** The word before `|`. */
const at = (marked: string) => tokenAt(marked.replace('|', ''), marked.indexOf('|'))

test('a name is looked for behind an @ that begins a word', () => {
  assert.deepEqual(at('Hello @ad| there'), { kind: 'person', from: 6, to: 9, query: 'ad' })
  assert.deepEqual(at('@|'), { kind: 'person', from: 0, to: 1, query: '' })
  assert.deepEqual(at('(@jürgen.m|'), { kind: 'person', from: 1, to: 10, query: 'jürgen.m' })
  assert.equal(at('ada@exam|'), undefined, 'an address')
  assert.equal(at('@ada |'), undefined, 'a word that has ended')
})

test('an emoji is looked for behind a colon and two letters, which begin a word', () => {
  assert.deepEqual(at('so :ta|'), { kind: 'emoji', from: 3, to: 6, query: 'ta' })
  for (const text of ['so :t|', 'at 10:30|', 'a::ta|', 'https://a|']) assert.equal(at(text), undefined, text)
})

test('a command is looked for at the beginning of a message alone', () => {
  assert.deepEqual(at('/le|'), { kind: 'command', from: 0, to: 3, query: 'le' })
  for (const text of ['a /le|', '/leave |', '//le|', '/etc/ho|']) assert.equal(at(text), undefined, text)
})

test('nothing is completed within code', () => {
  for (const text of ['`@ad|', '```\n:tada|', '``a :smi|']) assert.equal(at(text), undefined, text)
  assert.equal(at('`code` @ad|')?.query, 'ad')
})

test('a whole code is found with its closing colon', () => {
  assert.deepEqual(codeAt('so :tada:', 9), { kind: 'emoji', from: 3, to: 9, query: 'tada' })
  assert.equal(codeAt('so :tada', 8), undefined)
  assert.equal(codeAt('`:tada:', 7), undefined)
})

test('a long text costs no more than a short one', () => {
  const text = '@'.repeat(200_000)
  assert.equal(tokenAt(text, text.length)?.query ?? '', '')
})
