import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaintsAbout, complaintsAboutLog } from './compare.ts'

const LOG = ['a', 'b', 'c', 'd']
const LIVE = { label: 'ann', begins: 'anywhere', ends: 'at the last message' } as const
const HISTORY = { ...LIVE, begins: 'at the first message' } as const
const LOST = { ...LIVE, ends: 'anywhere' } as const

test('an unbroken part of the log that begins and ends as it must is as it should be', () => {
  assert.deepEqual(complaintsAbout({ ...LIVE, texts: ['c', 'd'] }, LOG), [])
  assert.deepEqual(complaintsAbout({ ...HISTORY, texts: LOG }, LOG), [])
  assert.deepEqual(complaintsAbout({ ...LOST, texts: ['b', 'c'] }, LOG), [])
})

for (const [what, reading, expected] of [
  ['a hole', { ...LIVE, texts: ['a', 'c', 'd'] }, 'ann has lost: 1, such as b'],
  ['a missing end', { ...LIVE, texts: ['b', 'c'] }, 'ann has lost: 1, such as d'],
  ['a missing beginning', { ...HISTORY, texts: ['c', 'd'] }, 'ann has lost: 2, such as a · b'],
  ['a hole before the connection was lost', { ...LOST, texts: ['a', 'c'] }, 'ann has lost: 1, such as b'],
  ['a double', { ...LIVE, texts: ['b', 'c', 'c', 'd'] }, 'ann has doubled: 1, such as c'],
  ['another order', { ...LIVE, texts: ['b', 'd', 'c'] }, 'ann has out of order: 1, such as c'],
  ['a stranger', { ...LIVE, texts: ['d', 'x'] }, 'ann shows what is not in the log: 1, such as x'],
  [
    'silence',
    { ...LIVE, texts: [] },
    'ann has nothing of a conversation that is not empty: 4, such as a · b · c',
  ],
] as const) {
  test(`${what} is told, and only that`, () => assert.deepEqual(complaintsAbout(reading, LOG), [expected]))
}

test('a log is held against what was said', () => {
  const logOf = (...texts: string[]) => ({
    label: 'log',
    entries: texts.map((text, at) => ({ seq: at + 1, text })),
  })
  const said = { acknowledged: ['a', 'b'], uncertain: ['c'] }
  assert.deepEqual(complaintsAboutLog(logOf('a', 'b'), said), [])
  assert.deepEqual(complaintsAboutLog(logOf('a', 'c', 'b'), said), [])
  assert.deepEqual(complaintsAboutLog(logOf('a'), said), [
    'log has lost of what was acknowledged: 1, such as b',
  ])
  assert.deepEqual(complaintsAboutLog(logOf('a', 'b', 'c', 'c'), said), ['log has doubled: 1, such as c'])
  assert.deepEqual(complaintsAboutLog(logOf('a', 'b', 'x'), said), ['log has what nobody said: 1, such as x'])
  const hole = { label: 'log', entries: [{ seq: 1, text: 'a' } as const, { seq: 3, text: 'b' } as const] }
  assert.deepEqual(complaintsAboutLog(hole, said), ['log has misnumbered: 1, such as b'])
})
