import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { newUuid } from '../../src/lib/ids.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { DEVICES } from '../support/clients/index.ts'
import { hashOfText } from '../support/passwords.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

const OLD = ['alice\u200b', 'x\r\ny', 'аlice bob', '\u202edave', ' fred ']
const PASSWORD = 'xyz'

test('an account whose name nobody may take any more keeps it, in every dialect', async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const store = await openSqliteStore({ file })
  for (const username of [...OLD, 'ann']) {
    const facts = { uuid: newUuid(), username, displayName: username, email: null, at: 1 }
    await store.accounts.create({ ...facts, passwordHash: hashOfText(PASSWORD) })
  }
  await store.close()
  const server = await startParlance({ DBPATH: file })
  t.after(() => server.close())
  for (const username of OLD)
    for (const dialect of DIALECT_NAMES)
      await (await DEVICES[dialect].logIn(server, { username, password: PASSWORD })).close()

  const ann = await DEVICES.chatapp.logIn(server, { username: 'ann', password: PASSWORD })
  const made = await ann.ws.data<{ name: string; members: string[] }>({
    type: 'create_conversation',
    members: OLD,
  })
  assert.deepEqual(made.members, ['ann', ...OLD])
  assert.equal(made.name, 'ann,  fred', 'a name made of theirs has those that may be in it')
  const contact = await ann.ws.ask({ type: 'add_contact', contact_username: OLD[0] })
  assert.equal(contact.error, undefined)
  await ann.close()
})
