import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptNews, MAX_KEPT_BYTES } from '../../src/bus/kept-news.ts'

const MINUTE_MS = 60_000

test('kept news is bounded in all: the oldest is forgotten, and keeping again makes it new', () => {
  const forgotten: string[] = []
  const kept = new KeptNews((topic) => forgotten.push(topic))
  const text = 'x'.repeat(1024 * 1024)
  const count = MAX_KEPT_BYTES / (2 * text.length)
  for (let i = 0; i < count; i++) {
    kept.put(`t${i}`, text, MINUTE_MS)
    kept.put('t0', text, MINUTE_MS)
  }
  assert.deepEqual(forgotten, ['t1'])
  assert.equal(kept.get('t1'), undefined)
  assert.equal(kept.get('t0')?.text, text)
  assert.equal([...kept.texts()].length, count - 1)
})

test('news whose time is over makes room first, and nobody is told that it was forgotten', () => {
  const forgotten: string[] = []
  const kept = new KeptNews((topic) => forgotten.push(topic))
  kept.put('over', 'x', -1)
  kept.put('next', 'x', MINUTE_MS)
  assert.deepEqual(
    [...kept.texts()].map(([topic]) => topic),
    ['next'],
  )
  assert.deepEqual(forgotten, [])
})
