import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { SettingRefusal } from '../../src/lib/settings.ts'
import { askRedis, startRedis } from '../support/engines/index.ts'

// The meaning of a Redis address, and the rights that its user needs.

const { engine, ...started } = await startRedis()
after(() => started[Symbol.asyncDispose]())
const { port } = engine

await askRedis(engine, 'CONFIG', 'SET', 'bind', '127.0.0.1 ::1')
await askRedis(engine, 'ACL', 'SETUSER', 'half', 'on', '>100%', 'allkeys', 'allchannels', '+@all')
await askRedis(engine, 'ACL', 'SETUSER', 'mute', 'on', '>mute', 'allkeys', 'resetchannels', '+@all')
await askRedis(engine, 'ACL', 'SETUSER', 'blind', 'on', '>blind', 'allkeys', 'allchannels', '+@all', '-info')

const open = (t: TestContext, url: string) =>
  RedisBus.open({
    url,
    cluster: t.name,
    onError: () => undefined,
    onDown: () => undefined,
  })

const MEANT = {
  'an IPv6 address': `redis://[::1]:${port}`,
  'an IPv6 address with its zone': `redis://[::1%25lo]:${port}`,
  'a percent sign that is itself': `redis://half:100%@127.0.0.1:${port}`,
  'a percent sign in code': `REDIS://half:100%25@127.0.0.1:${port}/`,
  'the number of a database': `redis://127.0.0.1:${port}/15`,
}

for (const [what, url] of Object.entries(MEANT))
  test(`opens by ${what}`, async (t) => {
    const bus = await open(t, url)
    t.after(() => bus.close())
    await bus.ping()
  })

const REFUSED: Readonly<Record<string, readonly [url: string, sentence: RegExp]>> = {
  'a wrong password': [`redis://half:wrong@127.0.0.1:${port}`, /refuses this user and password/],
  'an unknown user': [`redis://none:100%@127.0.0.1:${port}`, /refuses this user and password/],
  'a database that it does not have': [`redis://127.0.0.1:${port}/99`, /has no database of that number/],
  'a user who may not ask about the server': [
    `redis://blind:blind@127.0.0.1:${port}`,
    /give it the rights that/,
  ],
  'a user who may not listen': [`redis://mute:mute@127.0.0.1:${port}`, /give it the rights that/],
  'TLS of a server that has none': [`rediss://127.0.0.1:${port}`, /speaks no TLS: write redis:/],
}

for (const [what, [url, sentence]] of Object.entries(REFUSED))
  test(`refuses ${what} at start, in one sentence without the password`, async (t) => {
    await assert.rejects(open(t, url), (error) => {
      assert.ok(error instanceof SettingRefusal, `not a refusal: ${error}`)
      assert.match(error.message, sentence)
      assert.match(error.message, new RegExp(`^Redis at 127\\.0\\.0\\.1:${port} .* in REDIS_URL[^\\n]*\\.$`))
      assert.doesNotMatch(error.message, /wrong|100|blind@|mute@/)
      return true
    })
  })
