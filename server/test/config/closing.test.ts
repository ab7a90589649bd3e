import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { closeInOrder } from '../../src/hosting/closing.ts'

type Outcome = 'done' | 'fails' | 'hangs'

/** Closes what is left of a server when each part does as it is told. */
async function close(outcomes: Readonly<Record<string, Outcome>>) {
  const begun: string[] = []
  const part = (name: string) => ({
    close: (): Promise<void> => {
      begun.push(name)
      if (outcomes[name] === 'fails') return Promise.reject(new Error(name))
      return outcomes[name] === 'hangs' ? new Promise(() => undefined) : Promise.resolve()
    },
  })
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).step) })
  const closing = closeInOrder({
    listeners: { stop: async () => ({ drain: part('requests').close }) },
    dialects: (['rooms', 'groups'] as const).map((name) => ({ name, ...part(name) })),
    presence: part('presence'),
    store: part('store'),
    bus: part('bus'),
    log,
  })
  const error = await closing.then(
    () => undefined,
    (reason) => reason,
  )
  return { begun, failed: lines, error }
}

const ORDER = ['rooms', 'groups', 'requests', 'presence', 'store', 'bus']

test('each part is closed whatever becomes of the others, and the bus after the store', async () => {
  const { begun, failed, error } = await close({ rooms: 'fails', requests: 'fails', bus: 'fails' })
  assert.deepEqual(begun, ORDER)
  assert.deepEqual(failed, ['rooms', 'requests', 'bus'])
  assert.equal(error, undefined)
})

test('a part that never closes is not waited for beyond its time', async () => {
  const startedAt = performance.now()
  const { begun, failed } = await close({ groups: 'hangs', bus: 'hangs' })
  assert.deepEqual(begun, ORDER)
  assert.deepEqual(failed, ['groups', 'bus'])
  assert.ok(performance.now() - startedAt < 9_000)
})

test('a store that does not close is reported, after the bus has closed', async () => {
  const { begun, failed, error } = await close({ store: 'fails' })
  assert.deepEqual(begun, ORDER)
  assert.deepEqual(failed, ['store'])
  assert.equal(error?.exitCode, 1)
})
