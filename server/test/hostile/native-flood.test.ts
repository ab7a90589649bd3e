import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { LIMITS } from '../../src/transport/index.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { Victim } from './native-world.ts'

// One account asks without end: it is told how long to wait, and everybody else goes on.

let server: TestServer
let flooder: Victim
let other: Victim
before(async () => {
  server = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
  flooder = await Victim.in(server)
  other = await Victim.in(server)
})
after(() => server.close())

const body = 'x'.repeat(8_000)

/** Requests that are worth many, until one is refused. */
async function flood(ask: () => ReturnType<Victim['ask']>) {
  for (let count = 0; count < 400; count++) {
    const answer = await ask()
    if (answer.status === 429) return answer
    assert.ok(answer.status < 300, JSON.stringify(answer.problem))
    assert.match(answer.headers.get('ratelimit') ?? '', /^"\w+";r=\d+;t=\d+$/)
  }
  return assert.fail('it was never refused')
}

describe('a flood', () => {
  for (const [what, limit, ask] of [
    [
      'of messages',
      'send',
      () =>
        flooder.ask('POST', `/v1/conversations/${flooder.c}/messages`, {
          body: JSON.stringify({ clientId: randomUUID(), body }),
        }),
    ],
    [
      'of edits',
      'edit',
      () =>
        flooder.ask('PATCH', `/v1/conversations/${flooder.c}/messages/1`, { body: JSON.stringify({ body }) }),
    ],
  ] as const)
    test(`${what} is refused with the time to wait`, async () => {
      const { headers, problem } = await flood(ask)
      assert.deepEqual([problem.code, problem.retryable], ['rate_limited', true])
      assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"${limit}";r=\\d+;t=\\d+$`))
      const { burst } = LIMITS[limit]
      assert.ok(headers.get('ratelimit-policy')?.startsWith(`"${limit}";q=${burst};w=`))
    })

  test('keeps nobody else from sending', async () => {
    const answer = await other.ask('POST', `/v1/conversations/${other.c}/messages`, {
      body: JSON.stringify({ clientId: randomUUID(), body: 'hello' }),
    })
    assert.equal(answer.status, 201)
  })

  test('that is refused has stored nothing more', async () => {
    const before = await flooder.state()
    const { status } = await flooder.ask('POST', `/v1/conversations/${flooder.c}/messages`, {
      body: JSON.stringify({ clientId: randomUUID(), body: body.repeat(1) }),
    })
    if (status === 429) assert.deepEqual(await flooder.state(), before)
  })
})
