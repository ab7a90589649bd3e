import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/dialects/messenger/errors.ts'
import { parseIsoTime } from '../../src/dialects/messenger/iso-time.ts'
import { readJsonBody } from '../../src/dialects/messenger/json-body.ts'
import { faultOf } from '../../src/dialects/messenger/json-fault.ts'
import * as wire from '../../src/dialects/messenger/wire.ts'
import { isoMicros } from '../../src/lib/clock.ts'
import { deep } from '../support/deep.ts'

const many = { numRuns: deep(2_000) }

describe('parsers', () => {
  it('find a fault where one is, and only there', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        // A whole document has no fault of its own: what is reported is the placeholder.
        assert.deepEqual(faultOf(text), { msg: 'Expecting value', at: 0 })
        const part = text.slice(0, cut % text.length)
        const { at } = faultOf(part)
        assert.ok(at >= 0 && at <= part.length)
      }),
      many,
    )
  })

  it('are not slow on deep or long input', () => {
    const started = performance.now()
    for (const text of [
      '['.repeat(250_000),
      '{"a":'.repeat(50_000),
      `"${'\\'.repeat(250_000)}`,
      `[${'1,'.repeat(120_000)}`,
    ])
      assert.throws(() => readJsonBody(Buffer.from(text), 'application/json'), Refusal)
    for (const email of [
      `${'a.'.repeat(126)}@b`,
      `a@${'b-'.repeat(125)}`,
      `a@${'b.'.repeat(125)}`,
      'a'.repeat(255),
    ]) {
      const body = Buffer.from(JSON.stringify({ username: 'u', email, password: 'p' }))
      assert.throws(
        () => wire.registration({ path: {}, query: {}, contentType: 'application/json', body }),
        Refusal,
      )
    }
    // Many times what it takes on a busy machine; a parser that looks back from each character takes minutes.
    assert.ok(performance.now() - started < 20_000)
  })

  it('read every time that is written, to the microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (micros) => {
        assert.equal(parseIsoTime(isoMicros(micros, '+00:00')), micros)
        assert.equal(parseIsoTime(isoMicros(micros, 'Z')), micros)
      }),
      many,
    )
  })

  it('make a time or nothing of any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789-:T +Z.'), maxLength: 32 }),
      fc
        .tuple(fc.nat(9999), fc.nat(99), fc.nat(99), fc.nat(99))
        .map(([y, m, d, h]) => `${String(y).padStart(4, '0')}-${m}-${d}T${h}:00`),
    )
    fc.assert(
      fc.property(text, (value) => {
        const micros = parseIsoTime(value)
        assert.ok(micros === undefined || Number.isSafeInteger(micros))
      }),
      many,
    )
  })
})
