import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveAccounts, openFeeds } from '../../src/delivery/index.ts'
import { startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { audiencesOf, connectionOf, fail } from './live-world.ts'
import { twoRedisNodes } from './two-redis-nodes.ts'

const nodes = await startRedisNodes()

test('sessions that another node ends or keeps, also during an outage, end or keep the connections here', async (t) => {
  let isDown = false
  const { cuttable, steady, proxy, ann } = await twoRedisNodes(t, nodes, () => {
    isDown = true
  })
  const { chat } = cuttable
  const feeds = openFeeds({ ...cuttable, onError: fail })
  const liveAccounts = new LiveAccounts({ chat, feeds, audiences: audiencesOf(feeds), onError: fail })
  const device = async () => {
    const unknown = { device: null, address: null }
    const { session } = await chat.sessions.openDetailed(ann.accountId, 'native', unknown)
    const { live, connection } = connectionOf(liveAccounts, ann, session.sessionId)
    assert.equal(await live.open(), 'live')
    return { ...session, log: connection.log, isRevoked: () => connection.log.includes('revoked') }
  }
  const [kept, first, second, third, fourth] = [
    ...[await device(), await device(), await device()],
    ...[await device(), await device()],
  ]
  assert.ok(kept && first && second && third && fourth)
  const end = ({ sessionId }: typeof kept) => steady.chat.sessions.end(ann.accountId, sessionId)
  const endOthers = () => steady.chat.sessions.endOthers(ann.accountId, kept.sessionId)
  await end(first)
  await until('its end', first.isRevoked)
  assert.equal(second.isRevoked(), false)
  proxy.cut('stay')
  await until('the loss', () => isDown)
  await end(second)
  proxy.restore()
  await until('the end during the outage', second.isRevoked)
  assert.equal(third.isRevoked(), false)
  await endOthers()
  await until('the end of the others', () => third.isRevoked() && fourth.isRevoked())
  const last = await device()
  isDown = false
  proxy.cut('stay')
  await until('the loss', () => isDown)
  await endOthers()
  proxy.restore()
  await until('the end of the last', last.isRevoked)
  const reviews = kept.log.length
  assert.ok(reviews > 0 && kept.log.every((entry) => entry === 'reviewed'))
})
