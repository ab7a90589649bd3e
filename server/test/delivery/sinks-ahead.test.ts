import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Sink } from '../../src/delivery/sink.ts'
import { SinksAhead } from '../../src/delivery/sinks-ahead.ts'

const SINKS: readonly Sink[] = Array.from({ length: 4 }, () => ({
  push: () => undefined,
  send: () => undefined,
}))

const sink = fc.constantFrom(...SINKS)
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('read' as const), sink, lastChange: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ kind: fc.constant('join' as const), sink }),
    fc.record({ kind: fc.constant('leave' as const), sink }),
    fc.record({ kind: fc.constant('tell' as const) }),
  ),
  { maxLength: 30 },
)

test('a sink knows exactly the changes up to the one that it has read, whoever comes and goes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), steps, (begun, taken) => {
      const ahead = new SinksAhead()
      // The change up to which each that is there has read.
      const here = new Map<Sink, number>()
      let told = begun
      for (const step of taken) {
        if (step.kind === 'tell') {
          told++
          const knowing = ahead.knowing(told)
          for (const [each, read] of here) assert.equal(knowing?.has(each) ?? false, read >= told)
          continue
        }
        if (step.kind === 'join' && here.has(step.sink)) continue
        ahead.delete(step.sink)
        here.delete(step.sink)
        if (step.kind === 'read') {
          ahead.add(step.sink, step.lastChange, here.size === 0)
          here.set(step.sink, step.lastChange)
        } else if (step.kind === 'join') {
          ahead.addBehind(step.sink)
          here.set(step.sink, 0)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
