import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHAT_ERROR_CODES } from '../../src/core/errors.ts'
import { FUNCTIONS, stepOf } from '../../src/store/postgres/functions.ts'
import { WRITES, type WriteName } from '../../src/store/writes.ts'

// PostgreSQL's functions are text to the compiler. Here they are held against the types.

const matches = (pattern: RegExp): readonly string[] =>
  [...FUNCTIONS.matchAll(pattern)].map(([, found = '']) => found)

const steps = Object.keys(WRITES).map((name) => stepOf(name as WriteName))

test('every write has its function', () => {
  const functions = new Set(matches(/CREATE OR REPLACE FUNCTION chat_(\w+)\(\w+ json\) RETURNS json/g))
  assert.ok(steps.length > 15)
  assert.deepEqual(
    steps.filter((step) => !functions.has(step)),
    [],
  )
})

test('every function that takes what a caller wants is the function of a write', () => {
  const functions = matches(/FUNCTION chat_(\w+)\(wanted json\)/g)
  assert.ok(functions.length > 15)
  // Runs the sends, for the write's own function.
  const known = new Set([...steps, 'append'])
  assert.deepEqual(
    functions.filter((name) => !known.has(name)),
    [],
  )
})

test('every refusal is one that the core knows', () => {
  const codes = new Set<string>(CHAT_ERROR_CODES)
  const refusals = matches(/chat_refuse\('(\w*)'/g)
  // A send's verdicts name its refusals, and those of a reaction do.
  const verdicts = matches(/ THEN '(\w+)'$/gm).filter(
    (verdict) => verdict !== 'repeated' && verdict !== 'purged',
  )
  assert.ok(refusals.length > 10)
  assert.deepEqual(verdicts, [
    ...['conflict', 'unknown_conversation', 'not_a_member', 'message_refused'],
    ...['unknown_reply', 'unknown_reply', 'thread_refused'],
    ...['unknown_message', 'message_refused', 'reaction_refused'],
  ])
  assert.deepEqual(
    [...refusals, ...verdicts].filter((code) => !codes.has(code)),
    [],
  )
  assert.equal(
    matches(/(chat_refuse\((?!'|code ))/g).length,
    0,
    'a code that is not written out is not checked',
  )
})

test('every variable of a file is filled in', () => {
  assert.deepEqual(matches(/(?<!:):([a-z]\w*)/g), [])
})

test('every write of the port is made by a rule that both stores keep', () => {
  const files = ['world.ts', ...globSync('conformance/*.ts', { cwd: import.meta.dirname })]
  const rules = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n')
  assert.deepEqual(
    Object.keys(WRITES).filter((name) => !rules.includes(`${name}(`)),
    [],
  )
})
