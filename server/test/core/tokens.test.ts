import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { MICROS_PER_SECOND, secondsOf } from '../../src/lib/clock.ts'
import { Tokens } from '../../src/lib/token.ts'

const KEY = 'a key of which only this test knows'
const NOON = 1_700_000_000 * MICROS_PER_SECOND

/** Tokens with a clock that stands where `set` puts it. */
function tokensAt(start: number) {
  let now = start
  const tokens = new Tokens(KEY, { nowMicros: () => now })
  return {
    tokens,
    set: (to: number) => {
      now = to
    },
  }
}

function signed(claims: string): string {
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const text = `${encode('{"alg":"HS256","typ":"JWT"}')}.${encode(claims)}`
  return `${text}.${createHmac('sha256', KEY).update(text).digest('base64url')}`
}

test('a token begins five seconds early, whether its time is nbf or iat, and not a moment before', () => {
  for (const claim of ['nbf', 'iat']) {
    const { tokens, set } = tokensAt(NOON)
    const begins = NOON + 60 * MICROS_PER_SECOND
    const times = { [claim]: secondsOf(begins), exp: secondsOf(begins) + 900 }
    const token = signed(JSON.stringify(times))
    assert.deepEqual(tokens.verify(token), { ok: false, why: 'invalid' })
    set(begins - 5 * MICROS_PER_SECOND - 1)
    assert.equal(tokens.verify(token).ok, false)
    set(begins - 5 * MICROS_PER_SECOND)
    assert.equal(tokens.verify(token).ok, true)
    // The token is remembered, and judged at each use all the same.
    set(NOON)
    assert.equal(tokens.verify(token).ok, false)
  }
})

test('the end of a token has no leeway', () => {
  const { tokens, set } = tokensAt(NOON)
  const token = tokens.issue({}, secondsOf(NOON) + 900)
  set(NOON + 900 * MICROS_PER_SECOND + 1)
  assert.deepEqual(tokens.verify(token), { ok: false, why: 'expired' })
})

test('a token whose time is past all numbers opens nothing', () => {
  const { tokens } = tokensAt(NOON)
  assert.equal(tokens.verify(signed('{"exp":1e400}')).ok, false)
  assert.equal(tokens.verify(signed('{"exp":1800000000,"nbf":1e400}')).ok, false)
  assert.equal(tokens.verify(signed('{"exp":1800000000,"nbf":-1e400}')).ok, false)
  assert.equal(tokens.verify(signed('{"exp":1800000000}')).ok, true)
})
