import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { pino } from 'pino'
import { Limits } from '../../src/transport/index.ts'
import { deep } from '../support/deep.ts'
import { until } from '../support/until.ts'
import { CREDENTIALS, localBus, type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

const CHANNELS = [
  'news',
  'cache-a',
  'private-cache-b',
  'presence-a',
  'presence-cache-a',
  '#server-to-user-u1',
]
const USERS = ['u1', 'u2', 'u3']

type Step =
  | {
      readonly do: 'subscribe' | 'unsubscribe' | 'trigger'
      readonly client: number
      readonly channel: string
    }
  | { readonly do: 'sign in'; readonly client: number; readonly user: string; readonly watchlist: unknown }
  | { readonly do: 'connect' | 'close' | 'abort' | 'wait'; readonly client: number }

const client = fc.nat({ max: 3 })
const channel = fc.constantFrom(...CHANNELS)
const watchlist = fc.oneof(fc.subarray(USERS), fc.constantFrom('none', undefined, [null]))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('subscribe', 'unsubscribe', 'trigger'), client, channel }),
  fc.record({ do: fc.constant('sign in' as const), client, user: fc.constantFrom(...USERS), watchlist }),
  fc.record({ do: fc.constantFrom('connect', 'close', 'abort', 'wait'), client }),
)

/** Does one step; none of them waits for an answer but `wait`. */
async function take(
  worlds: readonly [PusherWorld, PusherWorld],
  clients: Map<number, RawClient>,
  next: Step,
) {
  const world = worlds[next.client % 2 === 0 ? 0 : 1]
  const there = clients.get(next.client)
  if (next.do === 'connect') {
    if (!there) clients.set(next.client, world.raw())
    return
  }
  if (next.do === 'trigger') return world.server.trigger([next.channel], 'e', '{}')
  if (there?.ws.readyState !== 1) return
  if (next.do === 'subscribe') {
    there.subscribe(next.channel, next.channel.startsWith('presence') ? '{"user_id":"p"}' : undefined)
  } else if (next.do === 'unsubscribe') there.say('pusher:unsubscribe', { channel: next.channel })
  else if (next.do === 'sign in') signIn(there, next)
  else if (next.do === 'wait') await heardOf(there)
  else {
    if (next.do === 'close') there.ws.close()
    else there.ws.terminate()
    clients.delete(next.client)
  }
}

/** Resolves when the client has been welcomed, and knows its id, or has been refused, and is closed. */
async function answered(there: RawClient): Promise<void> {
  await until('an answer', () => there.messages.length > 0 || there.closed)
  there.socketId = String(there.messages[0]?.data.socket_id)
}

/** Resolves when all that the client has said has been handled, or the client is gone. */
async function heardOf(there: RawClient): Promise<void> {
  const pongs = () => there.messages.filter(({ event }) => event === 'pusher:pong').length
  const before = pongs()
  there.say('pusher:ping', {})
  await until('a pong', () => pongs() > before || there.closed)
}

function signIn(there: RawClient, { user, watchlist }: Extract<Step, { do: 'sign in' }>): void {
  const user_data = JSON.stringify({ id: user, watchlist })
  const text = `${there.socketId}::user::${user_data}`
  const signature = createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex')
  there.say('pusher:signin', { auth: `${CREDENTIALS.key}:${signature}`, user_data })
}

class CountingLimits extends Limits {
  held = 0

  override hold(...args: Parameters<Limits['hold']>): void {
    this.held++
    super.hold(...args)
  }

  override letGo(...args: Parameters<Limits['letGo']>): void {
    this.held--
    super.letGo(...args)
  }
}

test('any order of clients’ acts leaves nothing behind once they are gone', async () => {
  const bus = localBus()
  const limits = new CountingLimits(false)
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
  const options = { bus, limits, log, subscriptionCounts: true, connectionQuota: 3, timing: { lingerMs: 5 } }
  await using one = await startPusher(options)
  await using two = await startPusher(options)
  const run = async (steps: readonly Step[]) => {
    const clients = new Map<number, RawClient>()
    for (const next of steps) {
      await take([one, two], clients, next)
      const opened = clients.get(next.client)
      // The client needs its id to sign anything.
      if (next.do === 'connect' && opened) await answered(opened)
    }
    for (const each of clients.values()) each.ws.terminate()
    await until('all to be gone', () => one.server.countConnections() + two.server.countConnections() === 0)
    await until('nothing to be left', async () => (await bus.presence.names('pusher:')).length === 0)
    assert.equal(limits.held, 0)
    assert.deepEqual(lines, [])
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), run), {
    numRuns: deep(100),
  })
})
