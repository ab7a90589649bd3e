import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startBlock } from '../../src/cli/start-block.ts'
import { DEVICES, REGISTRARS, type Registrar, someone } from '../support/clients/index.ts'
import { GroupsClient } from '../support/groups.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

const closed = await startParlance({ REGISTRATION: 'closed' })
after(() => closed.close())

const PROBLEM = {
  type: '/docs/problems/registration_closed',
  title: 'This server takes no new accounts.',
  status: 403,
  detail: 'This server takes no new accounts.',
  code: 'registration_closed',
  retryable: false,
}

/** How each dialect says that an account could not be made. */
const WORDS: Readonly<Record<Registrar, unknown>> = {
  rooms: { ok: false, error: { code: 400, message: 'Malformed register_user request' } },
  chatapp: { status: 500, text: 'something went wrong: insert_user' },
  messenger: {
    status: 403,
    body: {
      status_code: 403,
      details: { message: 'New users can not be registered here.', code: 'REGISTRATION_CLOSED' },
    },
  },
  channels: { status: 200, body: { status: 'error', message: 'Could not add user' } },
  native: { status: 403, body: PROBLEM },
}

for (const registrar of REGISTRARS)
  test(`a closed server makes no account in ${registrar}, and says so in its words`, async () => {
    assert.deepEqual(await DEVICES[registrar].register(closed, someone('ann')), WORDS[registrar])
  })

test('a closed server takes no new guests, and those that it knows as before', async (t) => {
  const settings = { DBPATH: join(await tempDir(t), 'chat.db') }
  const before = await startParlance(settings)
  await before.chat.accounts.admitGuest('nick')
  await before.close()
  const server = await startParlance({ ...settings, REGISTRATION: 'closed' })
  t.after(() => server.close())
  const client = await GroupsClient.connect(server.url)
  assert.deepEqual(await client.ask('find_user', { username: 'stranger' }), [
    ['user_not_authorized', { Error: 'Guests are turned off.' }],
  ])
  const [[event] = []] = await client.ask('find_user', { username: 'nick' })
  assert.equal(event, 'user_found')
})

test('a closed server tells so before anybody tries, and in its start block', async () => {
  const { auth } = await new NativeHttp(closed.url).ok('getServer')
  assert.equal(auth.register, false)
  assert.match(startBlock(closed.config, closed, []), /^ {2}registration +closed/m)
  assert.doesNotMatch(startBlock({ ...closed.config, registration: 'open' }, closed, []), /registration/)
})
