import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BYTES_PER_TOKEN, LongAnswers } from '../../src/answers/index.ts'
import { toAccountId } from '../../src/core/chat.ts'
import { LIMITS, Limits } from '../../src/transport/index.ts'

const ANN = toAccountId(1)
const BOB = toAccountId(2)
const { burst } = LIMITS.command

const guarded = () => new LongAnswers(new Limits(true, () => 0))

test('an account that asks over many connections at once gets no further than one after the other', async () => {
  const answers = guarded()
  const cost = burst / 4
  let isMaking = false
  const asked = Array.from({ length: 24 }, () =>
    answers.ask(ANN, async () => {
      assert.ok(!isMaking, 'one at a time')
      isMaking = true
      await new Promise(setImmediate)
      answers.charge(ANN, cost * BYTES_PER_TOKEN)
      isMaking = false
    }),
  )
  const results = await Promise.allSettled(asked)
  const refused = results.filter((each) => each.status === 'rejected')
  assert.equal(results.length - refused.length, 4)
  for (const { reason } of refused) {
    assert.equal(reason.code, 'rate_limited')
    assert.ok(reason.details.retryAfterSeconds >= 1)
  }
  assert.equal(await answers.ask(BOB, async () => 'answer'), 'answer', 'another account is not charged')
})

test('short answers cost a request each, and no more', async () => {
  const answers = guarded()
  for (let n = 0; n < burst; n++) {
    await answers.ask(ANN, async () => answers.charge(ANN, BYTES_PER_TOKEN - 1))
  }
  await assert.rejects(
    answers.ask(ANN, async () => undefined),
    { code: 'rate_limited' },
  )
})

test('an answer that leaves in pieces is charged for what has left', async () => {
  const limits = new Limits(true, () => 0)
  const answers = new LongAnswers(limits)
  async function* pieces() {
    for (let n = 0; n < 8; n++) yield Buffer.alloc((burst / 4) * BYTES_PER_TOKEN)
  }
  let taken = 0
  for await (const _ of answers.charged(ANN, pieces())) if (++taken === 3) break
  assert.equal(limits.check('command', ANN), 0)
  for await (const _ of answers.charged(ANN, pieces())) if (++taken === 5) break
  assert.ok(limits.check('command', ANN) >= 1)
})

test('one that fails lets the next of its account be made', async () => {
  const answers = guarded()
  const failing = answers.ask(ANN, () => Promise.reject(new Error('broken')))
  const next = answers.ask(ANN, async () => 'made')
  await assert.rejects(failing, /broken/)
  assert.equal(await next, 'made')
})
