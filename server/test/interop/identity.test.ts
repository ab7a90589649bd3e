import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type * as Wire from '@parlance/protocol'
import type { Account } from '../../src/core/chat.ts'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import {
  DEVICES,
  type Devices,
  type Person,
  REGISTRARS,
  type Registrar,
  someone,
} from '../support/clients/index.ts'
import { NAME_TAKEN, refusalOf, WRONG_PASSWORD } from './refusals.ts'
import { World } from './world.ts'

// A person has one account, whichever dialect made it; a name is one person's in all of them.

let world: World
before(async () => {
  world = await World.start()
})
after(() => world[Symbol.asyncDispose]())

async function accountOf({ username }: Person): Promise<Account> {
  const account = await world.server.chat.accounts.findByUsername(username)
  assert.ok(account)
  return account
}

/** The name that a dialect asks for beside the username, else the username. */
const DISPLAY_NAME: Readonly<Record<Registrar, (username: string) => string>> = {
  rooms: (username) => `${username} of rooms`,
  chatapp: (username) => `${username} of chatapp`,
  messenger: (username) => username,
  channels: (username) => username,
  native: (username) => username,
}

/** A device's description of the account that it is logged in to, and the expected one. */
const IDENTITY: Readonly<{
  [Name in DialectName]: (device: Devices[Name], account: Account) => Promise<readonly [unknown, unknown]>
}> = {
  async rooms(device, { accountId, displayName }) {
    const called = await device.open({ kind: 'open', others: [] })
    const place = await world.find(called)
    await device.send(place, 'it is me')
    const [shown] = await device.history(place)
    return [
      [shown?.sender, place.creatorId],
      [{ uuid: device.uuid, username: displayName }, accountId],
    ]
  },
  async chatapp({ ws }, { username, displayName }) {
    const { username: name, fullname } = await ws.data<Record<string, unknown>>({ type: 'self' })
    return [
      [name, fullname],
      [username, displayName],
    ]
  },
  async groups(device, { accountId, username }) {
    const [[event, payload] = []] = await device.ask('find_user')
    const { _id, username: name } = payload as Record<string, unknown>
    return [
      [event, _id, name],
      ['user_found', accountId.toString(16).padStart(24, '0'), username],
    ]
  },
  async messenger({ api }, { accountId, username, email }) {
    const me = await api.ok<Record<string, unknown>>('GET', '/user/me')
    return [
      [me.id, me.username, me.email],
      [accountId, username, email],
    ]
  },
  async channels({ id }, { accountId }) {
    return [id, accountId]
  },
  async native(device, { accountId, username, displayName, email }) {
    const me = await device.ok<Wire.OwnAccount>('GET /v1/me')
    return [
      [me.id, me.username, me.displayName, me.email],
      [`a_${accountId}`, username, displayName, email],
    ]
  },
}

test('a password set in one dialect with composed characters is the same in all, typed decomposed', async () => {
  for (const registrar of REGISTRARS) {
    const person = { ...someone(`accents-${registrar}`), password: 'Zoé Amélie\u3000비밀' }
    await DEVICES[registrar].register(world.server, person)
    const account = await accountOf(person)
    const typed = { ...person, password: 'Zoé Amélie 비밀'.normalize('NFD') }
    for (const dialect of DIALECT_NAMES) {
      const device = await DEVICES[dialect].logIn(world.server, typed)
      const [told, expected] = await identify(dialect, device, account)
      assert.deepEqual(told, expected, `${registrar} to ${dialect}`)
      await device.close()
    }
  }
})

const withMd5 = (person: Person): Person => ({
  ...person,
  password: createHash('md5').update(person.password).digest('hex'),
})

test('a front end of rooms that sends the MD5 of what is typed has the same password as all others', async () => {
  const person = someone('md5')
  await DEVICES.rooms.register(world.server, withMd5(person))
  const account = await accountOf(person)
  for (const dialect of DIALECT_NAMES) {
    const device = await DEVICES[dialect].logIn(world.server, person)
    const [told, expected] = await identify(dialect, device, account)
    assert.deepEqual(told, expected, dialect)
    await device.close()
  }
  for (const registrar of REGISTRARS) {
    const other = someone(`plain-${registrar}`)
    await DEVICES[registrar].register(world.server, other)
    await (await DEVICES.rooms.logIn(world.server, withMd5(other))).close()
    for (const dialect of DIALECT_NAMES.filter((name) => name !== 'rooms')) {
      const asking = DEVICES[dialect].logIn(world.server, withMd5(other))
      assert.deepEqual(await refusalOf(asking), WRONG_PASSWORD[dialect], `${registrar} to ${dialect}`)
    }
  }
})

for (const registrar of REGISTRARS) {
  describe(`an account made in ${registrar}`, () => {
    const person = someone(`from-${registrar}`)
    before(() => DEVICES[registrar].register(world.server, person))

    test('has the display name that was given, else the username', async () => {
      const { displayName } = await accountOf(person)
      assert.equal(displayName, DISPLAY_NAME[registrar](person.username))
    })

    for (const dialect of DIALECT_NAMES) {
      test(`${registrar} to ${dialect}: the same password opens the same account`, async () => {
        const device = await DEVICES[dialect].logIn(world.server, person)
        const [told, expected] = await identify(dialect, device, await accountOf(person))
        assert.deepEqual(told, expected)
        await device.close()
      })

      test(`${registrar} to ${dialect}: another password opens nothing`, async () => {
        const asking = DEVICES[dialect].logIn(world.server, { ...person, password: 'incorrect donkey' })
        assert.deepEqual(await refusalOf(asking), WRONG_PASSWORD[dialect])
      })

      test(`${registrar} to ${dialect}: the name is taken, whatever its case`, async () => {
        const other = { username: person.username.toUpperCase(), password: 'something else' }
        assert.deepEqual(await DEVICES[dialect].register(world.server, other), NAME_TAKEN[dialect])
      })
    }
  })
}

/** The table's rows are for one kind of device each; a name chooses both. */
const identify = (dialect: DialectName, device: Devices[DialectName], account: Account) =>
  (
    IDENTITY[dialect] as (
      device: Devices[DialectName],
      account: Account,
    ) => Promise<readonly [unknown, unknown]>
  )(device, account)
