import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')

/** A pause of the clock, in any of its forms. */
const TIMER = /(?<![.\w])setTimeout\(|from 'node:timers\/promises'/

/**
 * Tests wait for a condition (`until`), or for a later event which shows that an earlier one would have come. Files that
 * look at the clock all the same, each for a reason.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'server/test/house/callbacks.test.ts': 'it reads the server for such imports',
  'server/test/support/until.ts': 'it asks its condition again every few milliseconds',
  'server/test/runner/preload.ts': 'it ends a file that does not end',
  'server/test/runner/shared.ts': 'it ends a process that a file keeps from ending',
  'server/test/runner/printer.ts': 'it gives the whole suite up at last',
  'server/test/support/clients/messenger.ts': 'the client polls, as its protocol has it',
  'server/test/cluster/talker.ts': 'people pause between what they say',
  'server/test/cluster/load.ts': 'probes are sent one after the other',
  'server/test/compose/listening.ts': 'people pause between what they say',
  'server/test/cluster/faults.ts': 'an outage has a length',
  'server/test/cluster/cluster-hang.test.ts': 'an outage has a length, in which connections are counted',
  'server/test/compose/haproxy-nodes.test.ts': 'an outage has a length, in which connections stay',
  'server/test/cluster/cluster-crash.test.ts': 'dead nodes are looked for at intervals, and only once found',
  'server/test/cluster/cluster-stop.test.ts': 'a node that waits for its database does not end',
  'server/test/compose/haproxy-addresses.test.ts': 'HAProxy does not say that it has read a piece',
  'server/test/compose/docker-installation.test.ts':
    'the balancer in its container says nothing of its nodes',
  'server/test/compose/proxy-contract.ts': 'a program behind the proxy answers late',
  'server/test/store/postgres.test.ts': 'connections are cut at moments that a few milliseconds part',
  'server/test/hostile/server/flood.test.ts': 'a server slows a writer down by reading nothing',
  'server/test/hostile/server/http.test.ts': 'an attacker writes slowly',
}

const found = globSync(['{server,sdk,bench}/test/**/*.ts'], { cwd: ROOT }).filter((file) =>
  TIMER.test(readFileSync(join(ROOT, file), 'utf8')),
)

test('no test waits by the clock where it could wait for a condition', () => {
  assert.deepEqual(
    found.filter((file) => !(file in ALLOWED)),
    [],
  )
})

test('each file that may wait by the clock does', () => {
  assert.deepEqual(
    Object.keys(ALLOWED).filter((file) => !found.includes(file)),
    [],
  )
})
