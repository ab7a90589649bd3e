import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PROBLEMS, problemKind } from '@parlance/protocol'
import { CHAT_ERROR_CODES, ChatError, type ChatErrorDetails } from '../../src/core/chat.ts'
import { refusalFor } from '../../src/dialects/native/errors.ts'
import { problemOf } from '../../src/dialects/native/refusal.ts'

// Every refusal of the core is a problem of the protocol, in words that a person can read.

/** Details as the core gives them. */
const DETAILS: Readonly<Record<string, ChatErrorDetails>> = {
  name_refused: { field: 'username' },
  password_refused: { fault: 'short', minLength: 8 },
  message_too_long: { maxBytes: 8192 },
  settings_too_long: { maxBytes: 8192 },
  reaction_refused: { maxBytes: 64 },
  unknown_account: { accountId: 7 },
  rate_limited: { retryAfterSeconds: 3 },
  busy: { retryAfterSeconds: 3 },
  unavailable: { retryAfterSeconds: 3 },
}

describe('a refusal of the core', () => {
  for (const code of CHAT_ERROR_CODES)
    for (const details of [DETAILS[code] ?? {}, {}])
      test(`${code} is a problem, ${Object.keys(details).length > 0 ? 'with' : 'without'} details`, () => {
        const refusal = refusalFor(new ChatError(code, details))
        assert.ok(refusal)
        const problem = problemOf(refusal, 'a-request')
        assert.ok(problem.code in PROBLEMS)
        assert.equal(problem.status, problemKind(refusal.code).status)
        assert.equal(problem.type, `/docs/problems/${problem.code}`)
        assert.doesNotMatch(problem.title, /undefined|null|\[object/)
        if (details === DETAILS[code]) assert.doesNotMatch(JSON.stringify(problem), /undefined|\[object/)
        assert.equal(problem.instance, 'a-request')
      })
})

test('an error that is no refusal has no words of its own: it is the server that failed', () => {
  for (const error of [new Error('secret'), new TypeError('x'), 'text', null, undefined])
    assert.equal(refusalFor(error), undefined)
})
