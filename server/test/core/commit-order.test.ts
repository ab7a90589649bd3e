import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { AccountEvent, ConversationEvent } from '../../src/core/chat.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { present } from '../store/world.ts'
import { chatOn, PASSWORD } from '../support/chat.ts'
import { newSchema, postgresIsMissing } from '../support/postgres.ts'

type Told = ConversationEvent['type'] | AccountEvent['type'] | 'answered'
type World = Awaited<ReturnType<typeof prepared>>

interface Write {
  readonly run: (world: World) => Promise<unknown>
  readonly tells: readonly Told[]
}

/** Every command whose write others hear of, and one that only answers. */
const WRITES: Readonly<Record<string, Write>> = {
  'creating a group': {
    run: ({ chat, alice, bob }) => chat.conversations.createGroup(alice.accountId, [bob.accountId], null),
    tells: ['account.joined', 'account.joined', 'conversation.created'],
  },
  'creating an open conversation': {
    run: ({ chat, alice }) => chat.conversations.createOpen(alice.accountId, null),
    tells: ['account.joined', 'conversation.created'],
  },
  'opening a private conversation': {
    run: ({ chat, alice, bob }) => chat.conversations.openPrivate(alice.accountId, bob.accountId),
    tells: ['account.joined', 'account.joined', 'conversation.created'],
  },
  entering: {
    run: ({ chat, eve, room }) => chat.conversations.enter(eve, room),
    tells: ['account.joined', 'member.joined'],
  },
  'adding a member': {
    run: ({ chat, alice, eve, room }) =>
      chat.conversations.add(alice.accountId, room.conversationId, eve.accountId),
    tells: ['account.joined', 'member.joined'],
  },
  leaving: {
    run: ({ chat, bob, room }) => chat.conversations.leave(bob.accountId, room),
    tells: ['member.left', 'account.left'],
  },
  sending: {
    run: ({ chat, alice, standing }) => chat.messages.send(alice, standing, { body: 'between' }),
    tells: ['message.sent'],
  },
  editing: {
    run: ({ chat, alice, standing, first }) =>
      chat.messages.edit(alice, standing, { seq: first.seq, body: 'edited' }),
    tells: ['message.edited'],
  },
  deleting: {
    run: ({ chat, alice, first }) => chat.messages.delete(alice.accountId, first.messageId),
    tells: ['message.deleted'],
  },
  removing: {
    run: ({ chat, alice, first }) => chat.messages.remove(alice.accountId, first),
    tells: ['message.deleted'],
  },
  revoking: {
    run: ({ chat, bob }) => chat.accounts.revokeCredentials(bob.accountId),
    tells: ['account.revoked'],
  },
  'changing a password': {
    run: ({ chat, bob }) => chat.accounts.setPassword(bob.accountId, PASSWORD),
    tells: ['account.revoked'],
  },
  'marking as read': {
    run: ({ chat, alice, room, answered }) =>
      chat.conversations.markRead(alice.accountId, room.conversationId).then(answered),
    tells: ['answered'],
  },
}

/** Every kind of change. A new one does not compile until it stands here, and fails until a write above tells it. */
const CHANGES: Readonly<Record<Extract<ConversationEvent, { change: number }>['type'], true>> = {
  'conversation.created': true,
  'message.sent': true,
  'message.edited': true,
  'message.deleted': true,
  'member.joined': true,
  'member.left': true,
}

test('every kind of change has a write whose order is tested', () => {
  const told = new Set<string>(Object.values(WRITES).flatMap(({ tells }) => tells))
  assert.deepEqual(
    Object.keys(CHANGES).filter((type) => !told.has(type)),
    [],
  )
})

const STORES: Readonly<Record<string, () => Promise<[Store, remove: () => Promise<unknown>]>>> = {
  SQLite: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parlance-'))
    return [await openSqliteStore({ file: join(folder, 'chat.db') }), () => rm(folder, { recursive: true })]
  },
  PostgreSQL: async () => {
    const { url, drop } = await newSchema()
    return [await openPostgresStore({ url }), drop]
  },
}

const missing = await postgresIsMissing()

for (const [name, open] of Object.entries(STORES))
  describe(`events leave in commit order on ${name}`, { skip: name === 'PostgreSQL' && missing }, () => {
    let store: Store
    let remove: () => Promise<unknown>
    before(async () => {
      ;[store, remove] = await open()
    })
    after(async () => {
      await store.close()
      await remove()
    })
    for (const [what, { run, tells }] of Object.entries(WRITES))
      test(`${what}, between two sends of the same commit`, async () => {
        const world = await prepared(store, what)
        await run(world)
        await world.settled()
        assert.deepEqual(world.told, ['message.sent', ...tells, 'message.sent'])
        const [first = 0] = world.changes
        assert.deepEqual(
          world.changes,
          world.changes.map((_, n) => first + n),
        )
      })
  })

// The methods of the store behind the writes above.
const WRITING = new Set<string | symbol>([
  ...['create', 'join', 'leave', 'append', 'edit', 'delete', 'remove', 'markRead', 'revoke', 'setPassword'],
])

/** A chat in which the store's next write stands between two sends: the three are committed together. */
async function prepared(opened: Store, what: string) {
  let sends: Promise<unknown>[] | undefined
  let isArmed = false
  const surround = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          const isNext = isArmed && WRITING.has(name)
          if (!isNext) return value.apply(target, args)
          isArmed = false
          const before = send('before')
          const write: unknown = value.apply(target, args)
          sends = [before, send('behind')]
          return write
        }
      },
    })
  const store: Store = {
    ...{ sessions: opened.sessions, contacts: opened.contacts, changes: opened.changes },
    accountState: opened.accountState,
    accounts: surround(opened.accounts),
    conversations: surround(opened.conversations),
    members: surround(opened.members),
    messages: surround(opened.messages),
    ping: () => opened.ping(),
    close: () => opened.close(),
  }
  const { chat, bus, people } = await chatOn(
    store,
    ...['alice', 'bob', 'eve'].map((name) => `${name} ${what}`),
  )
  const [alice, bob, eve] = Object.values(people).map(present)
  assert.ok(alice && bob && eve)
  const { conversation: room } = await chat.conversations.createOpen(alice.accountId, null)
  const standing = await chat.conversations.enter(alice, room)
  const send = (body: string) => chat.messages.append(alice, standing, { body })
  await chat.conversations.enter(bob, room)
  const first = await chat.messages.send(alice, standing, { body: 'first' })
  const told: Told[] = []
  const changes: number[] = []
  const publish = bus.publish.bind(bus)
  bus.publish = (topic, news) => {
    // The chat publishes nothing else here.
    const event = news as ConversationEvent | AccountEvent
    told.push(event.type)
    if (event.type in CHANGES && 'change' in event && event.conversationId === room.conversationId)
      changes.push(event.change)
    publish(topic, news)
  }
  isArmed = true
  return {
    ...{ chat, alice, bob, eve, room, standing, first, told, changes },
    answered: () => told.push('answered'),
    settled: () => Promise.all(present(sends)),
  }
}
