import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AccountEvent, ConversationChange, ConversationEvent, SessionId } from '../../src/core/chat.ts'
import type { Store } from '../../src/store/store.ts'
import { WRITES as STORE_WRITES } from '../../src/store/writes.ts'
import { present } from '../store/world.ts'
import { chatOn, PASSWORD } from '../support/chat.ts'
import { stores } from '../support/stores.ts'

type Told = ConversationEvent['type'] | AccountEvent['type'] | 'answered'
type World = Awaited<ReturnType<typeof prepared>>

interface Write {
  /** Done before, and not looked at. */
  readonly prepare?: (world: World) => Promise<unknown>
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
  'joining by an invite': {
    prepare: async (world) => {
      const { code } = await world.chat.invites.create(world.alice.accountId, world.room.conversationId)
      world.codes.push(code)
    },
    run: ({ chat, eve, codes }) => chat.invites.join(eve, codes[0] ?? ''),
    tells: ['account.joined', 'member.joined'],
  },
  'leaving as the owner': {
    prepare: ({ chat, alice, bob, room: { conversationId } }) =>
      chat.members.changeRole(alice.accountId, { conversationId, accountId: bob.accountId, role: 'owner' }),
    run: ({ chat, bob, room }) => chat.conversations.leave(bob.accountId, room),
    tells: ['member.left', 'account.left', 'member.changed', 'account.changed'],
  },
  'removing a member': {
    run: ({ chat, alice, bob, room: { conversationId } }) =>
      chat.members.remove(alice.accountId, { conversationId, accountId: bob.accountId }),
    tells: ['member.left', 'account.left'],
  },
  'changing the name': {
    run: ({ chat, alice, room: { conversationId } }) =>
      chat.conversations.change(alice.accountId, conversationId, { name: `renamed ${conversationId}` }),
    tells: ['conversation.changed'],
  },
  'changing a role': {
    run: ({ chat, alice, bob, room: { conversationId } }) =>
      chat.members.changeRole(alice.accountId, { conversationId, accountId: bob.accountId, role: 'reader' }),
    tells: ['member.changed', 'account.changed'],
  },
  'handing over': {
    run: ({ chat, alice, bob, room: { conversationId } }) =>
      chat.members.changeRole(alice.accountId, { conversationId, accountId: bob.accountId, role: 'owner' }),
    tells: ['member.changed', 'member.changed', 'account.changed', 'account.changed'],
  },
  sending: {
    run: ({ chat, alice, standing }) => chat.messages.send(alice, standing, { body: 'between' }),
    tells: ['message.sent'],
  },
  'sending in a thread': {
    run: ({ chat, alice, standing, first }) =>
      chat.messages.send(alice, standing, { body: 'between', native: { thread: first.seq } }),
    tells: ['message.sent'],
  },
  'naming a member': {
    run: ({ chat, alice, bob, standing }) => {
      const mentions = [{ account: bob.accountId, at: [0, 4] }] as const
      return chat.messages.send(alice, standing, { body: '@bob', native: { mentions } })
    },
    tells: ['account.changed', 'message.sent'],
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
  pinning: {
    run: ({ chat, alice, first }) => chat.pins.pin(alice.accountId, first),
    tells: ['message.pinned'],
  },
  unpinning: {
    run: ({ chat, alice, pinned }) => chat.pins.unpin(alice.accountId, pinned),
    tells: ['message.unpinned'],
  },
  reacting: {
    run: ({ chat, alice, standing, first }) =>
      chat.reactions.put(alice, standing, { seq: first.seq, key: '👍' }),
    tells: ['message.reacted'],
  },
  purging: {
    run: ({ chat, room, first }) => chat.retention.purge(room.conversationId, first.sentAt + 1),
    tells: ['history.purged'],
  },
  revoking: {
    run: ({ chat, bob }) => chat.credentials.revoke(bob.accountId),
    tells: ['account.revoked'],
  },
  'ending a session': {
    prepare: logIn,
    run: ({ chat, bob, sessionIds }) => chat.sessions.end(bob.accountId, present(sessionIds[0])),
    tells: ['session.ended'],
  },
  'ending all other sessions': {
    prepare: logIn,
    run: ({ chat, bob, sessionIds }) => chat.sessions.endOthers(bob.accountId, present(sessionIds[0])),
    tells: ['account.revoked'],
  },
  'changing a password': {
    run: ({ chat, bob }) => chat.credentials.setPassword(bob.accountId, PASSWORD),
    tells: ['account.revoked'],
  },
  'marking as read': {
    run: ({ chat, alice, room, answered }) =>
      chat.conversations.markRead(alice.accountId, room.conversationId).then(answered),
    tells: ['answered'],
  },
  'marking as read by place': {
    run: ({ chat, bob, room }) =>
      chat.memberships.markReadUpTo(bob.accountId, room.conversationId, { seq: 1 }),
    tells: ['account.changed'],
  },
  'adding a contact': {
    run: ({ chat, alice, eve }) => chat.contacts.add(alice.accountId, eve.accountId),
    tells: ['account.changed', 'account.changed'],
  },
  blocking: {
    run: ({ chat, alice, eve }) => chat.contacts.block(alice.accountId, eve.accountId),
    tells: ['account.changed'],
  },
  'changing a profile': {
    run: ({ chat, bob }) => chat.profiles.set(bob.accountId, { bio: 'new' }),
    tells: ['account.changed'],
  },
  'changing settings': {
    run: ({ chat, bob }) => chat.profiles.setSettings(bob.accountId, { theme: 'dark' }),
    tells: ['account.changed'],
  },
  'changing one’s own password': {
    run: ({ chat, bob }) =>
      chat.credentials.changePassword(bob.accountId, { current: PASSWORD, next: `${PASSWORD}!` }),
    tells: ['account.revoked'],
  },
  'removing an account': {
    run: ({ chat, eve }) => chat.removals.remove(eve.accountId, { password: PASSWORD, messages: 'keep' }),
    tells: ['account.revoked'],
  },
  muting: {
    run: ({ chat, bob, room }) =>
      chat.memberships.setPreferences(bob.accountId, room.conversationId, { isMuted: true }),
    tells: ['account.changed'],
  },
}

/** Every kind of change. A new one does not compile until it stands here, and fails until a write above tells it. */
const CHANGES: Readonly<Record<ConversationChange['type'], true>> = {
  'conversation.created': true,
  'conversation.changed': true,
  'message.sent': true,
  'message.edited': true,
  'message.deleted': true,
  'message.reacted': true,
  'message.pinned': true,
  'message.unpinned': true,
  'history.purged': true,
  'member.joined': true,
  'member.changed': true,
  'member.left': true,
}

/** Presence is no write. */
type Untold = 'contact.presence'

/** Every kind of news for an account that a write tells. A new one does not compile until it stands here. */
const ACCOUNT_NEWS: Readonly<Record<Exclude<AccountEvent['type'], Untold>, true>> = {
  'account.changed': true,
  'account.joined': true,
  'account.left': true,
  'account.revoked': true,
  'session.ended': true,
}

test('every kind of change, and of news for an account, has a write whose order is tested', () => {
  const told = new Set<string>(Object.values(WRITES).flatMap(({ tells }) => tells))
  assert.deepEqual(
    Object.keys({ ...CHANGES, ...ACCOUNT_NEWS }).filter((type) => !told.has(type)),
    [],
  )
})

for (const { name, missing, open } of await stores())
  describe(`events leave in commit order on ${name}`, { skip: missing }, () => {
    let store: Store
    let remove: () => Promise<unknown>
    before(async () => {
      ;[store, remove] = await open()
    })
    after(async () => {
      await store.close()
      await remove()
    })
    for (const [what, { prepare, run, tells }] of Object.entries(WRITES))
      test(`${what}, between two sends of the same commit`, async () => {
        const world = await prepared(store, what)
        await prepare?.(world)
        world.arm()
        await run(world)
        await world.settled()
        assert.deepEqual(world.told, ['message.sent', ...tells, 'message.sent'])
        const { change: first } = present(world.changes[0])
        assert.deepEqual(
          world.changes.map(({ change }) => change),
          world.changes.map((_, n) => first + n),
        )
        // A node that has missed the news reads as much from the log.
        const { conversationId } = world.room
        const { events } = await world.chat.changes.since(conversationId, first - 1)
        assert.equal(events.length, world.changes.length)
        assert.partialDeepStrictEqual(events, world.changes.map(withoutConversation))
      })
  })

async function logIn({ chat, bob, sessionIds }: World): Promise<void> {
  const unknown = { device: null, address: null }
  const { session } = await chat.sessions.openDetailed(bob.accountId, 'any', unknown)
  sessionIds.push(session.sessionId)
}

/** The event without the conversation's row, which goes on changing. */
function withoutConversation(event: ConversationChange): unknown {
  if (!('conversation' in event)) return event
  const { conversation: _, ...rest } = event
  return rest
}

/** A chat in which the store's next write stands between two sends: the three are committed together. */
async function prepared(opened: Store, what: string) {
  let sends: Promise<unknown>[] | undefined
  let isArmed = false
  const surround = <Noun extends keyof Store>(noun: Noun): Store[Noun] =>
    new Proxy(opened[noun], {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          const isNext = isArmed && `${noun}.${String(name)}` in STORE_WRITES
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
    accounts: surround('accounts'),
    sessions: surround('sessions'),
    contacts: surround('contacts'),
    conversations: surround('conversations'),
    files: surround('files'),
    invites: surround('invites'),
    members: surround('members'),
    messages: surround('messages'),
    accountState: opened.accountState,
    memberships: surround('memberships'),
    changes: opened.changes,
    mentions: opened.mentions,
    search: opened.search,
    removals: surround('removals'),
    conversationRemovals: opened.conversationRemovals,
    retention: surround('retention'),
    exports: opened.exports,
    overview: opened.overview,
    audit: surround('audit'),
    pins: surround('pins'),
    reactions: surround('reactions'),
    epoch: () => opened.epoch(),
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
  const pinned = await chat.messages.send(alice, standing, { body: 'pinned' })
  await chat.pins.pin(alice.accountId, pinned)
  const told: Told[] = []
  const changes: ConversationChange[] = []
  const hear = (event: ConversationEvent | AccountEvent): void => {
    told.push(event.type)
    if (event.type in CHANGES && 'change' in event && event.conversationId === room.conversationId)
      changes.push(event as ConversationChange)
  }
  const publish = bus.publish.bind(bus)
  bus.publish = (topic, news) => {
    // Presence and receipts tell of no write, and have no type.
    if ('type' in Object(news)) hear(news as ConversationEvent | AccountEvent)
    publish(topic, news)
  }
  const codes: string[] = []
  const sessionIds: SessionId[] = []
  const arm = (): void => {
    told.length = 0
    changes.length = 0
    isArmed = true
  }
  return {
    ...{ chat, alice, bob, eve, room, standing, first, pinned, told, changes, arm, codes, sessionIds },
    answered: () => told.push('answered'),
    settled: () => {
      assert.ok(sends, 'the command has asked the store for a write')
      return Promise.all(sends)
    },
  }
}
