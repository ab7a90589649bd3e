import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { openFortress } from './fortress.ts'
import { NOT_READY, openPlace, READY, SENDS, untilReadiness } from './sends.ts'

test('a data directory that goes away: each dialect says that nobody knows, all is refused, and two lines tell of it', async (t) => {
  const { url, database, output } = await openFortress(t, { LOG_LEVEL: 'info' })
  const directory = dirname(database)
  const place = await openPlace(url)
  const lines = (text: RegExp) => output.stderr.split('\n').filter((line) => text.test(line))
  t.after(() => Promise.all([place.chatapp.end(), place.groups.end()]))

  /** The answer to a write that is committed just when the directory has gone. */
  const answerOnLoss = async (dialect: string) => {
    const { attempt, whenFull } = SENDS[dialect] ?? assert.fail()
    for (;;) {
      await rename(directory, `${directory}-away`)
      const answer = await attempt(place, `lost, ${dialect}`)
      if (JSON.stringify(answer) !== JSON.stringify(whenFull))
        assert.deepEqual(await attempt(place, 'later'), whenFull)
      await untilReadiness(url, NOT_READY)
      await rename(`${directory}-away`, directory)
      await untilReadiness(url, READY)
      // The server may have noticed the loss before anything was written: then try again.
      if (JSON.stringify(answer) !== JSON.stringify(whenFull)) return answer
    }
  }
  for (const [dialect, { whenUnknown }] of Object.entries(SENDS))
    assert.deepEqual(await answerOnLoss(dialect), whenUnknown, dialect)

  await until('a line for the end', () => lines(/the store works again/).length > 0)
  assert.deepEqual([lines(/the store fails/).length, lines(/the store works again/).length], [1, 1])
  assert.match(lines(/the store fails/)[0] ?? '', /deleted or moved away while the server had it open/)
  const { status, text } = await scrape(url)
  assert.equal(status, 200)
  assert.match(text, /^parlance_store_up 1$/m)
  for (const code of ['unavailable', 'outcome_unknown'])
    assert.match(text, new RegExp(`^parlance_store_refusals_total\\{code="${code}"\\} [1-9]`, 'm'))
})

async function scrape(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/metrics`)
  return { status: response.status, text: await response.text() }
}
