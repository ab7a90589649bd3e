import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startBlock } from '../../src/cli/start-block.ts'
import { fieldRefused } from '../interop/refusals.ts'
import { DEVICES, REGISTRARS, type Registrar, someone } from '../support/clients/index.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

const strict = await startParlance({ PASSWORD_POLICY: 'strict' })
after(() => strict.close())

const rooms = { ok: false, error: { code: 400, message: 'Password is too short or too common' } }
const channels = (message: string) => ({ status: 400, body: { status: 'error', message } })
const messenger = (problem: object) => ({
  status: 422,
  body: { detail: [{ loc: ['body', 'password'], ...problem }] },
})

/** Each dialect's answers to a password that is too short, and to one that is too common. */
const WORDS: Readonly<Record<Registrar, readonly [short: unknown, common: unknown]>> = {
  rooms: [rooms, rooms],
  chatapp: [
    { status: 400, text: 'password should be at least 8 characters long' },
    { status: 400, text: 'password should not be a common one' },
  ],
  messenger: [
    messenger({
      msg: 'ensure this value has at least 8 characters',
      type: 'value_error.any_str.min_length',
      ctx: { limit_value: 8 },
    }),
    messenger({ msg: 'password is too common', type: 'value_error' }),
  ],
  channels: [channels('password must have at least 8 characters'), channels('password is too common')],
  native: [
    fieldRefused('#/password', 'must have at least 8 characters'),
    fieldRefused('#/password', 'is one of the commonest passwords'),
  ],
}

for (const registrar of REGISTRARS) {
  test(`a strict server refuses a weak password in ${registrar}'s own words, and takes a better one`, async () => {
    const person = someone('ann')
    const register = (password: string) => DEVICES[registrar].register(strict, { ...person, password })
    const [short, common] = WORDS[registrar]
    assert.deepEqual(await register('xyz'), short)
    assert.deepEqual(await register('Password'), common)
    await register(person.password)
    await (await DEVICES[registrar].logIn(strict, person)).close()
  })
}

test('a password of before the policy goes on opening its account', async (t) => {
  const settings = { DBPATH: join(await tempDir(t), 'chat.db') }
  const person = { ...someone('old'), password: 'xyz' }
  const before = await startParlance(settings)
  await DEVICES.rooms.register(before, person)
  await before.close()
  const server = await startParlance({ ...settings, PASSWORD_POLICY: 'strict' })
  t.after(() => server.close())
  await (await DEVICES.rooms.logIn(server, person)).close()
})

test('an operator is held to the policy too, and the start block says which one holds', async () => {
  const { accountId } = await strict.chat.accounts.register({ username: 'bob', password: 'long enough' })
  await assert.rejects(strict.chat.credentials.setPassword(accountId, 'qwertyuiop'), {
    code: 'password_refused',
  })
  assert.match(
    startBlock(strict.config, strict, []),
    /^ {2}passwords +at least 8 characters, none of the 3,000 commonest$/m,
  )
  assert.match(
    startBlock({ ...strict.config, passwordPolicy: 'any' }, strict, []),
    /^ {2}passwords +any; PASSWORD_POLICY=/m,
  )
})
