import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isJsonObject, own, parseJson, parseUtf8, withoutByteOrderMark } from '../../src/lib/json.ts'

test('bytes that are not UTF-8 are no text', () => {
  assert.equal(parseUtf8(Buffer.from('gr\u00fc\u00df dich')), 'gr\u00fc\u00df dich')
  assert.equal(parseUtf8(Buffer.from('gr\u00fc\u00df dich', 'latin1')), undefined)
  // A lone surrogate, encoded.
  assert.equal(parseUtf8(Buffer.from([0xed, 0xa0, 0x80])), undefined)
})

test('a byte order mark is kept, and JSON does not allow it', () => {
  const marked = parseUtf8(Buffer.from('\ufeff{}'))
  assert.equal(marked, '\ufeff{}')
  assert.equal(parseJson('\ufeff{}'), undefined)
  assert.deepEqual(parseJson(withoutByteOrderMark('\ufeff{}')), {})
})

test('JSON that is null is told from what is not JSON', () => {
  assert.equal(parseJson('null'), null)
  for (const text of ['', '{', 'undefined', "{'a':1}"]) assert.equal(parseJson(text), undefined, text)
})

test('a list and null are no objects', () => {
  assert.equal(isJsonObject(parseJson('{}')), true)
  for (const text of ['[]', 'null', '7', '"{}"']) assert.equal(isJsonObject(parseJson(text)), false, text)
})

test('names of the prototype are nothing special, sent or not', () => {
  const sent = parseJson('{"__proto__":{"admin":true},"name":"ann"}')
  assert.ok(isJsonObject(sent))
  assert.equal(own(sent, 'name'), 'ann')
  assert.deepEqual(own(sent, '__proto__'), { admin: true })
  for (const name of ['admin', 'constructor', 'toString']) assert.equal(own(sent, name), undefined, name)
})
