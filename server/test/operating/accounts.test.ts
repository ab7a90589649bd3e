import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { answers, type Connected, chatappSays, connect, END_MS, ENDS, REFUSED } from '../interop/connected.ts'
import { refusalOf, WRONG_PASSWORD } from '../interop/refusals.ts'
import { type Participant, World } from '../interop/world.ts'
import { DEVICES, type Place, someone } from '../support/clients/index.ts'
import { type Commands, isRefused, type Outcome, parlance, startCommands } from '../support/command.ts'
import { GroupsClient } from '../support/groups.ts'
import type { Owner } from '../support/owner.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// An operator's commands, in a process of their own, beside a server that has the database open.

const opened = new AsyncDisposableStack()
const owner: Owner = { after: (close) => opened.defer(close) }
let world: World
let fay: Participant
let database: readonly string[]
let commands: Commands
before(async () => {
  commands = startCommands(owner)
  const file = join(await tempDir(owner), 'parlance.db')
  world = opened.use(await World.start({ DBPATH: file }))
  fay = await world.join('fay')
  database = ['--dbpath', file]
})
after(() => opened.disposeAsync())

async function accounts(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr }: Outcome = await commands('accounts', ...args, ...database)
  assert.equal(code, 0, stderr)
  return stdout
}

async function refuses(sentence: RegExp, ...args: readonly string[]): Promise<void> {
  isRefused(await commands(...args), sentence)
}

const ACTS = {
  disable: { isThere: false, says: /is disabled: nobody can log in as it/ },
  'sign-out': { isThere: true, says: /is signed out everywhere/ },
  'reset-password': { isThere: true, says: /has a new password/ },
} as const

for (const [act, { isThere, says }] of Object.entries(ACTS)) {
  describe(`parlance accounts ${act}`, () => {
    let gil: Participant
    let place: Place
    let connected: Connected
    before(async () => {
      gil = await world.join('gil')
      place = await world.open(fay, 'channels', { kind: 'private', others: [gil] })
      connected = await connect(gil, place, { node: world.server, talker: fay })
      assert.match(await accounts(act, gil.username.toUpperCase()), says)
    })

    for (const [name, end] of Object.entries({ ...ENDS, chatapp: undefined })) {
      test(`closes the account's connections: ${name}`, { timeout: END_MS }, async () => {
        assert.deepEqual(await connected.ended[name]?.(), end ?? chatappSays(gil, isThere))
      })
    }

    test('voids its sessions and tokens', async () => {
      const chatapp = { status: 401, closed: chatappSays(gil, isThere) }
      assert.deepEqual(await answers(gil, place, world.server), { ...REFUSED, chatapp })
    })

    test('leaves the others where they are', async () => {
      await fay.rooms.send(place, 'fay is still here')
      await fay.chatapp.ws.settle()
    })
  })
}

test('a disabled account cannot log in in any dialect, and can once it is enabled', async () => {
  const hal = await world.join('hal')
  await accounts('disable', hal.username)
  for (const dialect of DIALECT_NAMES)
    assert.deepEqual(await refusalOf(DEVICES[dialect].logIn(world.server, hal)), WRONG_PASSWORD[dialect])
  assert.match(await accounts('disable', hal.username), /, as it was before/)
  assert.match(await accounts('enable', hal.username), /is enabled: it can log in again/)
  for (const dialect of DIALECT_NAMES) await (await DEVICES[dialect].logIn(world.server, hal)).close()
  assert.match(await accounts('enable', hal.username), /is enabled, as it was before/)
})

test('a log-in after a sign-out outlives the news of it', async () => {
  const ida = await world.join('ida')
  await accounts('sign-out', ida.username)
  const again = await GroupsClient.connect(world.server.url)
  const { username, password } = ida
  await again.ask('find_user', { username, password })
  // The server looks for news once a second: it hears of joe, who is signed out now, after ida.
  const joe = await world.join('joe')
  await accounts('sign-out', joe.username)
  await joe.chatapp.ws.closed
  assert.deepEqual(await again.ask('pingg', 'still here?'), [['pongg', { message: 'still here?' }]])
  again.socket.disconnect()
})

describe('an account that an operator adds', () => {
  test('logs in in every dialect with the password that is printed', async () => {
    const username = `oda-${Date.now()}`
    const said = await accounts('add', username)
    const [, password = ''] = /Its password: (\S+)$/m.exec(said) ?? []
    assert.match(password, /^\w{5}(-\w{5}){3}$/)
    for (const dialect of DIALECT_NAMES)
      await (await DEVICES[dialect].logIn(world.server, { username, password })).close()
    await refuses(/is taken, or looks like a name that is/, 'accounts', 'add', username, ...database)
    await refuses(/can be no name: write one without/, 'accounts', 'add', 'a\u200bb', ...database)
  })

  test('has the password of a file, which is not printed', async () => {
    const username = `pia-${Date.now()}`
    const file = join(await tempDir(owner), 'password')
    await writeFile(file, 'from a file\n')
    assert.doesNotMatch(await accounts('add', username, '--password-from', file), /password/)
    await (await DEVICES.rooms.logIn(world.server, { username, password: 'from a file' })).close()
  })
})

describe('an account that an operator deletes', () => {
  test('is out at once, and running servers take what it has said away', async () => {
    const ned = await world.join('ned')
    const place = await world.open(fay, 'channels', { kind: 'private', others: [ned] })
    await ned.chatapp.send(place, 'ned was here')
    await fay.chatapp.send(place, 'fay is here')
    const connected = await connect(ned, place, { node: world.server, talker: fay })
    await refuses(/Nothing was done.*add --yes/, 'accounts', 'delete', ned.username, ...database)
    const again = ['accounts', 'delete', ned.username, '--yes', '--messages', 'some', ...database] as const
    await refuses(/--messages is keep or delete/, ...again)
    assert.match(
      await accounts('delete', ned.username, '--yes', '--messages', 'delete'),
      /is deleted, and its/,
    )
    for (const [name, end] of Object.entries({ ...ENDS, chatapp: undefined }))
      assert.deepEqual(await connected.ended[name]?.(), end ?? chatappSays(ned, false))
    // In groups whoever has no account yet is a guest of that name, which is free again.
    for (const dialect of DIALECT_NAMES.filter((name) => name !== 'groups'))
      assert.deepEqual(await refusalOf(DEVICES[dialect].logIn(world.server, ned)), WRONG_PASSWORD[dialect])
    await until('the messages to go', async () => {
      const history = await fay.chatapp.history(place)
      return !history.some(({ text }) => text === 'ned was here')
    })
    const history = await fay.chatapp.history(place)
    assert.ok(history.some(({ text }) => text === 'fay is here'))
    const left = JSON.parse(await accounts('show', `deleted-${ned.account.accountId}`, '--json'))
    assert.deepEqual([left.status, left.email], ['removed', null])
    await refuses(/There is no account/, 'accounts', 'delete', ned.username, '--yes', ...database)
  })
})

describe('a password that is reset', () => {
  test('is printed, and opens every dialect', async () => {
    const kim = await world.join('kim')
    const [, password = ''] =
      /Its new password: (\S+)$/m.exec(await accounts('reset-password', kim.username)) ?? []
    assert.match(password, /^\w{5}(-\w{5}){3}$/)
    for (const dialect of DIALECT_NAMES)
      await (await DEVICES[dialect].logIn(world.server, { ...kim, password })).close()
    assert.deepEqual(await refusalOf(DEVICES.chatapp.logIn(world.server, kim)), WRONG_PASSWORD.chatapp)
  })

  test('opens its account by its MD5 as well, where a front end of rooms sends that', async () => {
    const jan = await world.join('jan')
    const [, password = ''] =
      /Its new password: (\S+)$/m.exec(await accounts('reset-password', jan.username)) ?? []
    const md5 = createHash('md5').update(password).digest('hex')
    await (await DEVICES.rooms.logIn(world.server, { ...jan, password: md5 })).close()
  })

  test('can stand in a file, and is not printed then', async () => {
    const lee = await world.join('lee')
    const file = join(await tempDir(owner), 'password')
    await writeFile(file, 'пароль 密码\nno part of it\n')
    assert.doesNotMatch(
      await accounts('reset-password', lee.username, '--password-from', file),
      /Its new password/,
    )
    const password = 'пароль 密码'
    for (const dialect of DIALECT_NAMES)
      await (await DEVICES[dialect].logIn(world.server, { ...lee, password })).close()
  })

  test('is what stands in a file that Windows has written, and nothing that nobody can type', async () => {
    const ned = await world.join('ned')
    const file = join(await tempDir(owner), 'password')
    await writeFile(file, Buffer.from('\uFEFFgrüße aus wien\r\n'))
    await accounts('reset-password', ned.username, '--password-from', file)
    const known = { ...ned, password: 'grüße aus wien' }
    await (await DEVICES.chatapp.logIn(world.server, known)).close()
    const args = ['accounts', 'reset-password', ned.username, ...database, '--password-from', file]
    for (const encoding of ['latin1', 'utf16le'] as const) {
      await writeFile(file, Buffer.from('\uFEFFgrüße aus graz', encoding))
      await refuses(/is not UTF-8: write the password in that\.$/, ...args)
    }
    await (await DEVICES.chatapp.logIn(world.server, known)).close()
  })

  test('is refused when there is none, and nothing is changed', async () => {
    const mia = await world.join('mia')
    const empty = join(await tempDir(owner), 'empty')
    await writeFile(empty, '\nsecond line\n')
    const args = ['accounts', 'reset-password', mia.username, ...database]
    await refuses(/The first line of .*empty is empty/, ...args, '--password-from', empty)
    await refuses(/cannot be read from .*absent/, ...args, '--password-from', `${empty}.absent`)
    // The command's standard input is empty here.
    await refuses(/The first line of standard input is empty/, ...args, '--password-from', '-')
    await mia.chatapp.ws.settle()
  })

  test('is refused when it is too weak for the policy, and nothing is changed', async () => {
    const ned = await world.join('ned')
    const file = join(await tempDir(owner), 'weak')
    const strictly = ['--password-from', file, '--password-policy', 'strict', ...database]
    for (const weak of ['x7!kq2', 'password']) {
      await writeFile(file, weak)
      await refuses(/too short or too common/, 'accounts', 'reset-password', ned.username, ...strictly)
    }
    await ned.chatapp.ws.settle()
  })

  test('is refused to a guest', async () => {
    const { username } = someone('guest')
    await world.server.chat.accounts.admitGuest(username)
    await refuses(/is a guest/, 'accounts', 'reset-password', username, ...database)
  })
})

describe('a command about an account is refused', () => {
  test('when nobody has the name', async () => {
    await refuses(/^There is no account "nobody"\.$/, 'accounts', 'disable', 'nobody', ...database)
    const painted = ['accounts', 'disable', '\u001B[31mred', ...database]
    await refuses(/^There is no account "\\u001b\[31mred"\.$/, ...painted)
  })

  test('when there is no database, and none is made', async () => {
    const file = join(await tempDir(owner), 'absent', 'parlance.db')
    const sentence = /There is no database .*absent/
    await refuses(sentence, 'accounts', 'disable', 'fay', '--dbpath', file)
    await refuses(sentence, 'accounts', 'disable', 'fay', '--dbpath', file)
  })

  test('when its database does not answer', async () => {
    const away = ['--database-url', 'postgres://user@127.0.0.1:1/parlance']
    const sentence =
      /^The database parlance at 127\.0\.0\.1:1 does not answer \(ECONNREFUSED\): start it, or name another/
    await refuses(sentence, 'accounts', 'disable', 'fay', ...away)
    await refuses(sentence, 'export', '-', ...away)
  })

  test('when its name or act is missing', async () => {
    await refuses(/^NAME is missing\.$/, 'accounts', 'disable', ...database)
    await refuses(/^NAME is missing\.$/, 'accounts', 'disable', '', ...database)
    assert.equal((await parlance(owner, 'accounts', ...database)).code, 2)
    assert.equal((await parlance(owner, 'accounts', 'paint', 'fay', ...database)).code, 2)
  })
})

test('an account is disabled while no server runs, too', async () => {
  const directory = await tempDir(owner)
  const file = join(directory, 'parlance.db')
  const person = someone('nia')
  {
    await using before = await World.start({ DBPATH: file })
    await DEVICES.chatapp.register(before.server, person)
  }
  assert.equal((await parlance(owner, 'accounts', 'disable', person.username, '--dbpath', file)).code, 0)
  await using after = await World.start({ DBPATH: file })
  assert.deepEqual(await refusalOf(DEVICES.chatapp.logIn(after.server, person)), WRONG_PASSWORD.chatapp)
})
