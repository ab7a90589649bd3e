import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { guarded } from '../../src/lib/guard.ts'
import { expectFailures, fail } from '../support/failures.ts'
import { startParlance } from '../support/server.ts'

const server = await startParlance({ LOG_LEVEL: 'silent' })
after(() => server.close())
expectFailures()

test('an operator sees how often a callback has failed, and where', async () => {
  guarded('socket_io', fail)()
  guarded('socket_io', fail)()
  guarded('timer', fail)()
  const text = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(text, /^parlance_callback_failures_total\{door="socket_io"\} 2$/m)
  assert.match(text, /^parlance_callback_failures_total\{door="timer"\} 1$/m)
})
