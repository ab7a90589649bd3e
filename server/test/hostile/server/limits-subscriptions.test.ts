import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { addressReader, HOLDS } from '../../../src/transport/index.ts'
import { until } from '../../support/until.ts'
import { BareWs } from './bare-ws.ts'
import { openFortress } from './fortress.ts'

test('an address may have a bounded number of subscriptions at a time, and others as many', async (t) => {
  const { url } = await openFortress(t, { PARLANCE_RATE_LIMITS: 'on' })
  const subscribe = async (count: number, from: string) => {
    const ws = await new BareWs(url, '/app/test-key?protocol=7', {}, from).opened()
    await ws.heard('established')
    let refused = 0
    let answered = 0
    ws.sift = (text) => {
      if (/succeeded|subscription_error/.test(text)) answered++
      if (text.includes('from this address')) refused++
      return true
    }
    for (let n = 0; n < count; n++)
      ws.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel: `channel-${n}` } }))
    await until('all answers', () => answered === count)
    return { ws, isRefused: refused > 0 }
  }
  const holders: BareWs[] = []
  for (let n = 0; n < HOLDS.subscription; n += 1_900) holders.push((await subscribe(1_900, '127.0.0.80')).ws)
  assert.equal((await subscribe(1, '127.0.0.80')).isRefused, true)
  assert.equal((await subscribe(1, '127.0.0.81')).isRefused, false)
  for (const ws of holders) ws.end()
  await until('room again', async () => !(await subscribe(1, '127.0.0.80')).isRefused)
})

test('an IPv6 subscriber is one address, however many it has', () => {
  const addressOf = addressReader([])
  const of = (remoteAddress: string) => addressOf({ socket: { remoteAddress } } as IncomingMessage)
  const one = of('2001:db8:1:2:3:4:5:6')
  assert.equal(one, of('2001:0db8:0001:0002::1'))
  assert.equal(one, of('2001:db8:1:2:ffff::'))
  assert.notEqual(one, of('2001:db8:1:3::1'))
  assert.equal(of('2001:db8::1'), of('2001:db8:0:0:9::'))
  assert.equal(of('::ffff:10.1.2.3'), of('10.1.2.3'))
  assert.notEqual(of('10.1.2.3'), of('10.1.2.4'))
  assert.equal(of('fe80::1%eth0'), of('fe80::2'))
})
