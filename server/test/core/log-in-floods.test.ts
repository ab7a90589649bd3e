import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Chat } from '../../src/core/chat.ts'
import { MICROS_PER_SECOND } from '../../src/lib/clock.ts'
import { siteOf } from '../../src/lib/site.ts'
import { networkOf } from '../../src/transport/index.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'

const DAY = 24 * 3600 * MICROS_PER_SECOND
const WAITING = 500
const AT_ONCE = 2

/** Begins log-ins. Lists their addresses in the order of the answers, those that found the server busy apart. */
function attempts(chat: Chat) {
  const answered: string[] = []
  const busy: string[] = []
  const running: Promise<void>[] = []
  const logIn = (from: string, { login = 'nobody', password = 'wrong' } = {}) => {
    const proving = chat.credentials.authenticate({ login, password, by: 'username', from })
    const settled = proving.then(
      () => answered.push(from),
      ({ code }: { code: string }) => (code === 'busy' ? busy : answered).push(from),
    )
    running.push(settled.then(() => undefined))
  }
  return { logIn, answered, busy, done: () => Promise.all(running) }
}

test('twenty addresses that flood log-ins keep nobody out who comes from another', async (t) => {
  const { chat } = await chatWith(t, 'alice')
  const { logIn, answered, busy, done } = attempts(chat)
  for (let n = 0; n < 2 * WAITING; n++) logIn(`192.0.2.${n % 20}`)
  logIn('198.51.100.7', { login: 'alice', password: PASSWORD })
  await done()
  assert.ok(!busy.includes('198.51.100.7'))
  assert.ok(answered.indexOf('198.51.100.7') <= 2 * AT_ONCE + 20, 'it waited for one of each address at most')
  assert.ok(busy.length > 0, 'the queue was full')
})

test('all networks of an IPv6 /56 have one turn together', async (t) => {
  const { chat } = await chatWith(t, 'alice')
  const { logIn, answered, done } = attempts(chat)
  for (let n = 0; n < 200; n++) logIn(networkOf(`2001:db8:0:${(n % 256).toString(16)}::1`))
  logIn(networkOf('2001:db8:0:100::1'))
  await done()
  assert.ok(answered.indexOf('2001:db8:0:100::/64') <= 2 * AT_ONCE)
})

test('a site is 56 bits of IPv6, and an IPv4 address', () => {
  assert.equal(siteOf(networkOf('2001:db8:1:2ff::9')), siteOf(networkOf('2001:db8:1:200::1')))
  assert.notEqual(siteOf(networkOf('2001:db8:1:300::9')), siteOf(networkOf('2001:db8:1:200::1')))
  assert.equal(siteOf(networkOf('::ffff:192.0.2.1')), '192.0.2.1')
  for (const other of ['192.0.2.1', 'unknown', '']) assert.equal(siteOf(other), other)
})

test('where somebody has proved who they are within 30 days, log-ins do not wait for those of strangers', async (t) => {
  const { chat, clock } = await chatWith(t, 'alice')
  const home = '198.51.100.7'
  const right = { login: 'alice', password: PASSWORD }
  const placeOf = async () => {
    const { logIn, answered, done } = attempts(chat)
    for (let n = 0; n < 60; n++) logIn(`192.0.2.${n}`)
    logIn(home, right)
    await done()
    return answered.indexOf(home)
  }
  assert.ok((await placeOf()) >= 58, 'as any other stranger at first')
  assert.ok((await placeOf()) <= 2 * AT_ONCE, 'and first from then on')
  clock.advance(29 * DAY)
  chat.credentials.noteProof(home)
  clock.advance(29 * DAY)
  assert.ok((await placeOf()) <= 2 * AT_ONCE, 'the use of a session counts too')
  clock.advance(31 * DAY)
  assert.ok((await placeOf()) >= 58, 'for 30 days')
})

test('whether a name exists moves nobody forward', async (t) => {
  const { chat } = await chatWith(t, 'alice')
  const { logIn, answered, done } = attempts(chat)
  for (let n = 0; n < 20; n++) logIn(`192.0.2.${n}`)
  logIn('203.0.113.1', { login: 'nobody' })
  logIn('203.0.113.2', { login: 'alice' })
  await done()
  // Two log-ins are answered side by side, in either order.
  assert.ok(answered.indexOf('203.0.113.1') >= 20 - AT_ONCE)
  assert.ok(answered.indexOf('203.0.113.2') >= 20 - AT_ONCE)
})
