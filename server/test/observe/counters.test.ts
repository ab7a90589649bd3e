import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { type Participant, World } from '../interop/world.ts'
import type { Place } from '../support/clients/index.ts'
import { figuresOf } from '../support/figures.ts'
import { post } from '../support/rooms.ts'
import { until } from '../support/until.ts'

let world: World
let [ann, ben]: Participant[] = []
let place: Place
before(async () => {
  world = await World.start()
  ann = await world.join('ann')
  ben = await world.join('ben')
  place = await world.open(ann, 'native', { kind: 'private', others: [ben] })
})
after(() => world[Symbol.asyncDispose]())

/** How much each figure has grown by the work. */
async function grown(work: () => Promise<unknown>): Promise<(name: string) => number> {
  const earlier = await figuresOf(world.server)
  await work()
  const later = await figuresOf(world.server)
  return (name) => (later.get(name) ?? 0) - (earlier.get(name) ?? 0)
}

test('each message is counted for the dialect that sent it, and for each connection that heard it', async () => {
  assert.ok(ann && ben)
  const [speaker, listener] = [ann, ben]
  const streams = await Promise.all(
    DIALECT_NAMES.map(async (dialect) => [dialect, await listener[dialect].listen(place)] as const),
  )
  const isLive = (dialect: string) => dialect !== 'messenger'
  for (const [dialect] of streams) {
    const growth = await grown(async () => {
      await speaker[dialect].send(place, `counted in ${dialect}`)
      await until('all to have heard it', () =>
        streams.every(([, each]) =>
          each.every(({ shown }) => shown.some(({ text }) => text === `counted in ${dialect}`)),
        ),
      )
    })
    for (const [other, heard] of streams) {
      const labels = `{dialect="${other}"}`
      assert.equal(
        growth(`parlance_messages_sent_total${labels}`),
        other === dialect ? 1 : 0,
        `sent, ${other}`,
      )
      const delivered = growth(`parlance_deliveries_total${labels}`)
      if (isLive(other)) assert.ok(delivered >= heard.length, `${other} was told ${delivered} times`)
      else assert.equal(delivered, 0)
    }
  }
})

test('a log-in with a wrong password is counted, and one with the right password is not', async () => {
  assert.ok(ann)
  const { username: login, password } = ann
  const { url } = world.server
  const growth = await grown(async () => {
    await post(url, '/login', { login, password: `${password}x` })
    await post(url, '/login', { login, password })
  })
  assert.equal(growth('parlance_sign_in_failures_total'), 1)
})

test('writes and passwords that wait, and the size of the database, are shown', async () => {
  const figures = await figuresOf(world.server)
  assert.equal(figures.get('parlance_writes_waiting'), 0)
  assert.equal(figures.get('parlance_password_hashes_waiting'), 0)
  if (world.server.config.database.kind !== 'sqlite') return
  for (const name of ['parlance_database_bytes', 'parlance_database_log_bytes'])
    assert.ok((figures.get(name) ?? 0) > 4096, name)
})

test('a figure that should never grow is there from the start, or its first increase would not be seen', async () => {
  const figures = await figuresOf(world.server)
  for (const name of [
    'parlance_store_refusals_total{code="unavailable"}',
    'parlance_callback_failures_total{door="http"}',
    'parlance_pusher_webhook_events_dropped_total{reason="full"}',
    'parlance_slow_closes_total',
    'parlance_feed_heals_total',
  ])
    assert.equal(figures.get(name), 0, name)
})
