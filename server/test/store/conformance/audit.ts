import assert from 'node:assert/strict'
import type { Rule } from '../world.ts'

export function auditRules(rule: Rule): void {
  rule('keeps what operators have done, newest first', async (world) => {
    const at = world.now()
    const act = { at, actor: 'root', origin: 'command line of ✈', act: 'accounts disable', subject: 'ann' }
    const first = await world.store.audit.begin(act)
    const second = await world.store.audit.begin({ ...act, subject: 'bob' })
    await world.store.audit.end({ number: second, outcome: 'done', at: at + 5 })
    assert.deepEqual(await world.store.audit.list({ before: Number.POSITIVE_INFINITY, limit: 9 }), [
      { ...act, number: second, subject: 'bob', outcome: 'done', endedAt: at + 5 },
      { ...act, number: first, outcome: null, endedAt: null },
    ])
    assert.ok(second > first)
  })

  rule('lists acts in pages', async (world) => {
    const at = world.now()
    const act = { at, actor: 'root', origin: 'here', act: 'any', subject: '' }
    const numbers = await Promise.all([1, 2, 3].map(() => world.store.audit.begin(act)))
    const page = async (before: number) =>
      (await world.store.audit.list({ before, limit: 2 })).map(({ number }) => number)
    const [one = 0, two = 0, three = 0] = numbers.toSorted((a, b) => a - b)
    assert.deepEqual(await page(Number.POSITIVE_INFINITY), [three, two])
    assert.deepEqual(await page(two), [one])
  })

  rule('an act ends once', async (world) => {
    const at = world.now()
    const number = await world.store.audit.begin({ at, actor: 'a', origin: 'o', act: 'x', subject: 's' })
    await world.store.audit.end({ number, outcome: 'unknown_account', at: at + 1 })
    await world.store.audit.end({ number, outcome: 'done', at: at + 2 })
    await world.store.audit.end({ number: number + 1, outcome: 'done', at })
    const acts = await world.store.audit.list({ before: Number.POSITIVE_INFINITY, limit: 9 })
    assert.deepEqual(
      acts.map(({ outcome, endedAt }) => [outcome, endedAt]),
      [['unknown_account', at + 1]],
    )
  })
}
