import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parlance, refuses } from '../support/command.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { OPERATED_STORES } from '../support/operated-stores.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

for (const [store, open] of Object.entries(OPERATED_STORES))
  describe(`parlance conversations purge on ${store}`, () => {
    test('has a server take the oldest messages of one conversation away, and leaves the rest', async (t) => {
      const { settings, options } = await open(t)
      const server = await startParlance(settings)
      const ann = await NativeHttp.register(server.url, unique('ann'))
      const [one, other] = [await ann.group(), await ann.group()]
      await ann.send(one, 'old')
      await ann.send(other, 'elsewhere')
      await server.close()

      const command = ['conversations', 'purge', one.id] as const
      await refuses(t, /Say which messages are to go: --before .* or --keep-days/, ...command, ...options)
      await refuses(t, /--keep-days is a whole number/, ...command, '--keep-days', 'all', ...options)
      await refuses(t, /--before is a day of UTC/, ...command, '--before', 'yesterday', ...options)
      const noted = await parlance(t, ...command, '--keep-days', '0', ...options)
      assert.equal(noted.code, 0, noted.stderr)
      assert.match(noted.stdout, /is purged within a minute or two by a running server, or when one starts\./)

      const again = await startParlance(settings)
      t.after(() => again.close())
      const later = new NativeHttp(again.url, { token: ann.token, id: ann.id })
      const bodies = async ({ id: c }: { readonly id: string }) =>
        (await later.ok('listMessages', { params: { c } })).items.map(({ body }) => body)
      await until('the old message to go', async () => (await bodies(one)).length === 0)
      assert.deepEqual(await bodies(other), ['elsewhere'])
      const { firstSeq, lastSeq, me } = await later.ok('getConversation', { params: { c: one.id } })
      assert.deepEqual([firstSeq, lastSeq, me.unread], [2, 1, 0])
      const audit = await parlance(t, 'audit', '--json', ...options)
      assert.match(audit.stdout, /"act":"conversations purge"/)
    })
  })
