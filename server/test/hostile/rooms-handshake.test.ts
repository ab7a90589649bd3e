import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import fc from 'fast-check'
import { Handshake } from '../../src/dialects/rooms/handshake.ts'
import { readObject } from '../../src/dialects/rooms/json-or-python-literal.ts'
import { parseAuth } from '../../src/dialects/rooms/wire.ts'

describe('the handshake\u2019s reader', () => {
  const objects = fc.dictionary(
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ stringUnit: 'binary', maxDepth: 8 }),
  )

  test('reads any JSON object as JSON.parse does, whatever follows', () => {
    fc.assert(
      fc.property(objects, fc.string(), (object, rest) => {
        const json = JSON.stringify(object)
        assert.deepEqual(readObject(json + rest), { outcome: 'complete', object: JSON.parse(json) })
      }),
    )
  })

  test('reads any object as Python prints it', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const json = JSON.parse(JSON.stringify(object))
        assert.deepEqual(readObject(pythonRepr(json)), { outcome: 'complete', object: json })
      }),
    )
  })

  test('waits for the rest of an object that is cut anywhere', () => {
    fc.assert(
      fc.property(objects, fc.boolean(), fc.nat(), (object, asPython, at) => {
        const text = asPython ? pythonRepr(JSON.parse(JSON.stringify(object))) : JSON.stringify(object)
        assert.deepEqual(readObject(text.slice(0, at % text.length)), { outcome: 'incomplete' })
      }),
    )
  })

  test('makes of anything else an outcome, never an exception', () => {
    const punctuation = fc.string({ unit: fc.constantFrom(...'{}[]:,\'"\\u0x1-+.eE tTfFnN\0\n') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), punctuation), (text) => {
        for (const given of [text, `{${text}`, `{"a":${text}`, `{'${text}`]) {
          const { outcome } = readObject(given)
          assert.ok(['complete', 'incomplete', 'invalid'].includes(outcome))
        }
      }),
    )
  })

  test('reads the same in any segments, and never more than 1,024 bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1500 }),
        fc.array(fc.integer({ min: 1, max: 400 })),
        (noise, cuts) => {
          const bytes = Buffer.concat([
            Buffer.from('{"uuid": "\u00e9", "x": "'),
            Buffer.from(noise),
            Buffer.from('"}'),
          ])
          const whole = new Handshake().push(bytes)
          const pieces = new Handshake()
          let at = 0
          let piecewise: ReturnType<Handshake['push']> = 'incomplete'
          for (const length of [...cuts, bytes.length]) {
            if (piecewise === 'incomplete') piecewise = pieces.push(bytes.subarray(at, at + length))
            at += length
          }
          assert.deepEqual(piecewise, whole)
        },
      ),
    )
    assert.equal(new Handshake().push(Buffer.from(`{${' '.repeat(1023)}}`)), 'refused')
    assert.notEqual(
      new Handshake().push(Buffer.from(`{"uuid": "u", "room_gid": "g"}${' '.repeat(2000)}`)),
      'refused',
    )
  })

  test('looks at each character once, however small the segments', () => {
    const hello = Buffer.from(
      `{"uuid": "${'u'.repeat(400)}", "more": [${'1, '.repeat(100)}1], "room_gid": "g"}`,
    )
    const looking = mock.method(RegExp.prototype, 'exec')
    const handshake = new Handshake()
    const outcomes = Array.from(hello, (byte) => handshake.push(Buffer.of(byte)))
    const lookedAt = looking.mock.calls.reduce((sum, { arguments: [text = ''] }) => sum + text.length, 0)
    looking.mock.restore()
    assert.deepEqual(outcomes.at(-1), { secret: 'u'.repeat(400), gid: 'g' })
    assert.ok(outcomes.slice(0, -1).every((outcome) => outcome === 'incomplete'))
    assert.ok(lookedAt < 10 * hello.length, `${lookedAt} characters of ${hello.length}`)
  })

  test('refuses what is nested deeper than anyone writes by hand', () => {
    const nested = (depth: number) => `{"a": ${'['.repeat(depth)}${']'.repeat(depth)}}`
    assert.equal(readObject(nested(15)).outcome, 'complete')
    assert.equal(readObject(nested(16)).outcome, 'invalid')
  })

  test('takes prototype names as keys like any other', () => {
    for (const parse of [(text: string) => new Handshake().push(Buffer.from(text)), parseAuth]) {
      const answer = parse('{"__proto__": {"uuid": "a", "room_gid": "b"}, "constructor": {}}')
      assert.ok(answer === undefined || answer === 'refused')
    }
  })
})

function pythonRepr(value: unknown): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return pythonString(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const items = Object.entries(value ?? {}).map(([key, item]) => `${pythonString(key)}: ${pythonRepr(item)}`)
  return `{${items.join(', ')}}`
}

const PYTHON_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let printed = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === quote) printed += `\\${char}`
    else if (PYTHON_ESCAPES[char]) printed += PYTHON_ESCAPES[char]
    else if (code < 0x20 || (code >= 0x7f && code < 0xa1))
      printed += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code >= 0xd800 && code < 0xe000) printed += `\\u${code.toString(16)}`
    else if (code > 0xffff) printed += `\\U${code.toString(16).padStart(8, '0')}`
    else printed += char
  }
  return quote + printed + quote
}
