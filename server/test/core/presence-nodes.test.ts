import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ShiftListener } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { LocalPresence } from '../../src/bus/local-presence.ts'
import { type Account, type AccountId, accountTopic, Chat, ChatError } from '../../src/core/chat.ts'
import { Presence } from '../../src/core/presence.ts'
import { newUuid } from '../../src/lib/ids.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { ContactStore } from '../../src/store/store.ts'
import { TestClock } from '../support/chat.ts'
import { hearFailures } from '../support/failures.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// People of several nodes: one bus, and for each node a Presence of its own.

/** Remembers who was said to be in which set. */
class MortalPresence extends LocalPresence {
  readonly entered: { readonly set: string; readonly member: string }[] = []
  readonly listeners: ShiftListener[] = []

  override async enter(set: string, member: string): Promise<boolean> {
    this.entered.push({ set, member })
    return super.enter(set, member)
  }

  override onShift(...listeners: ShiftListener[]): void {
    this.listeners.push(...listeners)
  }
}

/** A bus whose nodes die when the test says so. */
class MortalBus extends LocalBus {
  override readonly presence = new MortalPresence()

  /** The node of all who came has died, of which the one that was opened last is told. */
  async buryAll(): Promise<void> {
    for (const { set, member } of this.presence.entered) await this.presence.leave(set, member)
    for (const gone of this.presence.entered)
      void this.presence.listeners.at(-1)?.({ ...gone, about: '', isPresent: false, isRepeated: false })
  }
}

const fail = (error: unknown) => assert.fail(String(error))

/** The same contacts, but listed by the test. */
const listingBy = (list: ContactStore['list'], contacts: ContactStore): ContactStore =>
  new Proxy(contacts, {
    get(target, name) {
      if (name === 'list') return list
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

async function nodes(t: TestContext) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const bus = new MortalBus(fail)
  const clock = new TestClock()
  const chat = new Chat({ store, bus, clock, maxMessageBytes: 100 })
  const told: string[] = []
  const register = (username: string) => {
    const plain = { uuid: newUuid(), displayName: username, email: null, passwordHash: 'hash' }
    return store.accounts.create({ ...plain, username, at: clock.nowMicros() })
  }
  const bob = await register('bob')
  bus.subscribe(accountTopic(bob.accountId), (news) => {
    if (news.type === 'contact.presence') told.push(`${news.contact.username} ${news.isOnline}`)
  })
  return {
    bus,
    told,
    async contactOfBob(username: string): Promise<Account> {
      const account = await register(username)
      await chat.contacts.add(account.accountId, bob.accountId)
      return account
    },
    /** One more node, whose reading of contacts the test may watch. */
    node: (list: ContactStore['list'] = (id) => store.contacts.list(id)) =>
      new Presence(
        bus,
        { accounts: store.accounts, contacts: listingBy(list, store.contacts) },
        { clock, onError: fail },
      ),
    list: (accountId: AccountId) => store.contacts.list(accountId),
  }
}

test('a person who comes at one node while another still tells their going is shown online', async (t) => {
  const { told, node, list, contactOfBob } = await nodes(t)
  const alice = await contactOfBob('alice')
  const { promise: kept, resolve: letGo } = Promise.withResolvers<void>()
  let isSlow = false
  const slow = node(async (accountId) => {
    if (isSlow) await kept
    return list(accountId)
  })
  const goes = await slow.connect(alice)
  isSlow = true
  const going = goes()
  const comesBack = await node().connect(alice)
  letGo()
  await going
  assert.equal(told.at(-1), 'alice true')
  await comesBack()
  assert.equal(told.at(-1), 'alice false')
})

test('all who went with their node are told offline, eight at a time', async (t) => {
  const { bus, told, node, list, contactOfBob } = await nodes(t)
  const names = Array.from({ length: 40 }, (_, n) => `one of many ${n}`)
  const dying = node()
  await Promise.all(names.map(async (name) => dying.connect(await contactOfBob(name))))
  told.length = 0
  let [reading, most] = [0, 0]
  node(async (accountId) => {
    most = Math.max(most, ++reading)
    const contacts = await list(accountId)
    reading--
    return contacts
  })
  await bus.buryAll()
  await until('all to be told', () => told.length >= names.length)
  assert.deepEqual(told.toSorted(), names.map((name) => `${name} false`).toSorted())
  assert.equal(most, 8)
})

/** A node that finds no contacts while the database is away. */
async function nodeOfOutages(t: TestContext) {
  const { told, node, list, contactOfBob } = await nodes(t)
  const database = { isAway: false }
  const presence = node(async (accountId) => {
    if (database.isAway) throw new ChatError('unavailable')
    return list(accountId)
  })
  return { told, presence, database, contactOfBob }
}

test('a person who goes while the database is away is shown offline once it is back', async (t) => {
  const { told, presence, database, contactOfBob } = await nodeOfOutages(t)
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => contactOfBob(`one of many ${n}`)))
  const goings = await Promise.all(people.map((account) => presence.connect(account)))
  told.length = 0
  database.isAway = true
  await Promise.all(goings.map((go) => go()))
  assert.deepEqual(told, [])
  database.isAway = false
  await until('all to be told', () => told.length >= people.length)
  assert.deepEqual(told.toSorted(), people.map(({ username }) => `${username} false`).toSorted())
})

test('a person who goes while the database is away, and is back before contacts are told, stays online', async (t) => {
  const { told, presence, database, contactOfBob } = await nodeOfOutages(t)
  const [ann, ben] = [await contactOfBob('ann'), await contactOfBob('ben')]
  const goings = [await presence.connect(ann), await presence.connect(ben)]
  database.isAway = true
  for (const go of goings) await go()
  database.isAway = false
  await presence.connect(ann)
  await until('ben to be shown offline', () => told.includes('ben false'))
  // An account's comings and goings are told one at a time.
  await presence.connect(ann)
  assert.ok(!told.includes('ann false'))
})

test('a defect while one account is tried again keeps no other from being told', async (t) => {
  const { told, node, list, contactOfBob } = await nodes(t)
  const failures = hearFailures()
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => contactOfBob(`one of many ${n}`)))
  const [first, ...others] = people
  let isAway = false
  const presence = node(async (accountId) => {
    if (isAway) throw new ChatError('unavailable')
    if (accountId === first?.accountId && told.length > 0) throw new Error('a defect')
    return list(accountId)
  })
  const goings = await Promise.all(people.map((account) => presence.connect(account)))
  isAway = true
  await Promise.all(goings.map((go) => go()))
  isAway = false
  const offline = () => told.filter((each) => each.endsWith('false')).toSorted()
  await until('the others to be told', () => offline().length >= others.length)
  assert.deepEqual(offline(), others.map(({ username }) => `${username} false`).toSorted())
  assert.equal(failures.length, 1)
})
