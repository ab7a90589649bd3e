import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChatError } from '../../src/core/chat.ts'
import { retryAfterOf } from '../../src/dialects/rate-limit.ts'
import { signIn } from '../../src/dialects/sign-in.ts'
import { LIMITS, Limits } from '../../src/transport/index.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'

const { burst, perSecond } = LIMITS.password

function guarded() {
  let now = 0
  const limits = new Limits(true, () => now)
  const wait = (seconds: number) => {
    now += seconds
  }
  return { limits, wait }
}

const codeOf = (error: unknown) => (error instanceof ChatError ? error.code : error)

test('guesses side by side get no further than guesses one by one', async (t) => {
  const { chat } = await chatWith(t, 'alice')
  const { limits } = guarded()
  const guess = { login: 'Alice', password: 'wrong', by: 'username' } as const
  const results = await Promise.allSettled(
    Array.from({ length: burst * 2 }, () => signIn(chat, limits, guess)),
  )
  const codes = results.map((result) => result.status === 'rejected' && codeOf(result.reason))
  assert.equal(codes.filter((code) => code === 'wrong_credentials').length, burst)
  assert.equal(codes.filter((code) => code === 'rate_limited').length, burst)
})

test('right passwords cost nothing; after too many wrong ones even a right one waits, as long as it is told', async (t) => {
  const { chat } = await chatWith(t, 'alice')
  const { limits, wait } = guarded()
  const attempt = (password: string) => signIn(chat, limits, { login: 'alice', password, by: 'username' })
  for (let i = 0; i < burst + 5; i++) assert.equal((await attempt(PASSWORD)).username, 'alice')
  for (let i = 0; i < burst; i++) await assert.rejects(attempt('wrong'), { code: 'wrong_credentials' })
  const refused = await attempt(PASSWORD).catch((error: unknown) => error)
  assert.equal(codeOf(refused), 'rate_limited')
  assert.equal(retryAfterOf(refused), 1 / perSecond)
  wait(retryAfterOf(refused))
  assert.equal((await attempt(PASSWORD)).username, 'alice')
})
