import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Range, Ranges } from '../src/store/ranges.ts'

const MOST = 40
const range = fc
  .tuple(fc.nat(MOST), fc.nat(MOST))
  .map(([a, b]): Range => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const deeds = fc.array(fc.record({ isAdded: fc.boolean(), range }))

test('ranges are a set of numbers, ascending and apart, and their gaps the rest', () => {
  fc.assert(
    fc.property(deeds, range, (all, window) => {
      const ranges = new Ranges()
      const numbers = new Set<number>()
      for (const { isAdded, range } of all) {
        if (isAdded) ranges.add(range)
        else ranges.remove(range)
        for (let at = range.from; at <= range.to; at += 1)
          if (isAdded) numbers.add(at)
          else numbers.delete(at)
      }
      const gaps = ranges.gapsIn(window)
      for (let at = 0; at <= MOST; at += 1) {
        assert.equal(ranges.has(at), numbers.has(at))
        const isInGap = gaps.some(({ from, to }) => from <= at && at <= to)
        assert.equal(isInGap, at >= window.from && at <= window.to && !numbers.has(at))
      }
      for (const [at, one] of ranges.all.entries()) {
        assert.ok(one.from <= one.to)
        assert.ok(at === 0 || one.from > (ranges.all[at - 1]?.to ?? 0) + 1)
      }
    }),
  )
})
