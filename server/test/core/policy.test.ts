import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type Account,
  type AuthoredMessage,
  ChatError,
  type ChatErrorCode,
  type Conversation,
  type ConversationKind,
  type Role,
} from '../../src/core/chat.ts'
import { ACTIONS, type Action, may, mayGiveRole, ROLES } from '../../src/core/policy.ts'
import type { Store } from '../../src/store/store.ts'
import { present } from '../store/world.ts'
import { chatOn } from '../support/chat.ts'
import { stores } from '../support/stores.ts'

/** The answers of commands to one who may not. */
const REFUSALS: ReadonlySet<ChatErrorCode> = new Set([
  ...(['forbidden', 'message_refused', 'not_a_member', 'not_the_owner'] as const),
])

const KINDS: readonly ConversationKind[] = ['private', 'group', 'open']

test('the page of roles has a row for each action, with the lowest role that may', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/roles.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\S+) \| (\S+) \| (\S+) \|/gm)].map(([, ...cells]) => cells)
  const lowest = (action: Action, kind: ConversationKind) =>
    ROLES.findLast((role) => may(action, role, kind)) ?? '–'
  assert.deepEqual(
    rows,
    ACTIONS.map((action) => [action, ...KINDS.map((kind) => shown(lowest(action, kind), kind))]),
  )
})

/** In a private conversation nobody is more than a member, and nobody less. */
const shown = (role: string, kind: ConversationKind): string =>
  kind === 'private' && role !== '–' ? 'both' : role

test('a role is given by a higher one, to a lower one, and only up to below its own', () => {
  const given = ROLES.flatMap((by) =>
    ROLES.flatMap((from) =>
      ROLES.filter((to) => mayGiveRole(by, { from, to }, 'group')).map((to) => `${by}: ${from} → ${to}`),
    ),
  )
  const all = (by: Role, roles: readonly Role[], also: readonly Role[] = []) =>
    roles.flatMap((from) => [...also, ...roles].map((to) => `${by}: ${from} → ${to}`))
  assert.deepEqual(given, [
    ...all('owner', ['admin', 'moderator', 'member', 'reader'], ['owner']),
    ...all('admin', ['moderator', 'member', 'reader']),
    ...all('moderator', ['member', 'reader']),
  ])
  assert.equal(mayGiveRole('owner', { from: 'member', to: 'reader' }, 'private'), false)
})

type World = Awaited<ReturnType<typeof worldOn>>
type Attempt = (world: World, place: Place) => Promise<unknown>

/** A conversation with the one who acts, in the role that is asked about. */
interface Place {
  readonly conversation: Conversation
  readonly actor: Account
  readonly owner: Account
}

const others: Readonly<Record<Exclude<Role, 'owner'>, string>> = {
  admin: 'ada',
  moderator: 'mona',
  member: 'mia',
  reader: 'rae',
}

const standing = async ({ chat }: World, { actor, conversation }: Place) =>
  present(await chat.conversations.standing(actor.accountId, conversation.conversationId))

/** Gives a role to a member of the lowest: whether that may be depends on the role of the actor alone. */
const giving =
  (role: Role): Attempt =>
  async ({ chat, people }, { actor, owner, conversation: { conversationId, kind } }) => {
    const accountId = present(people.target).accountId
    if (kind !== 'private') await chat.conversations.add(owner.accountId, conversationId, accountId)
    await chat.members.changeRole(actor.accountId, { conversationId, accountId, role })
  }

/** A message of the owner's, or of another member's where the actor is the owner. */
async function byAnother(world: World, { actor, owner, conversation }: Place): Promise<AuthoredMessage> {
  if (actor !== owner) return world.said({ actor: owner, conversation })
  const other = present(world.people.target)
  if (conversation.kind !== 'private')
    await world.chat.conversations.add(owner.accountId, conversation.conversationId, other.accountId)
  return world.said({ actor: other, conversation })
}

/** Commands by the action that each needs. */
const COMMANDS: Readonly<Partial<Record<Action, Attempt>>> = {
  send: async (world, place) =>
    world.chat.messages.send(place.actor, await standing(world, place), { body: 'mine' }),
  edit: async (world, place) => {
    const { seq } =
      place.conversation.kind === 'private' ? await world.said(place) : await world.saidBefore(place)
    return world.chat.messages.edit(place.actor, await standing(world, place), { seq, body: 'edited' })
  },
  deleteOwn: async (world, place) => {
    const { messageId } =
      place.conversation.kind === 'private' ? await world.said(place) : await world.saidBefore(place)
    return world.chat.messages.delete(place.actor.accountId, messageId)
  },
  deleteOthers: async (world, place) =>
    world.chat.messages.remove(place.actor.accountId, await byAnother(world, place)),
  react: async (world, place) => {
    const { seq } = await byAnother(world, place)
    return world.chat.reactions.put(place.actor, await standing(world, place), { seq, key: '👍' })
  },
  pin: async (world, place) => world.chat.pins.pin(place.actor.accountId, await byAnother(world, place)),
  mentionAll: async (world, place) => {
    const found = await world.chat.mentions.find(place.actor, await standing(world, place), '@all')
    if (found.length === 0) throw new ChatError('forbidden')
  },
  invite: ({ chat }, { actor, conversation: { conversationId } }) =>
    chat.invites.create(actor.accountId, conversationId),
  add: ({ chat, people }, { actor, conversation: { conversationId } }) =>
    chat.conversations.add(actor.accountId, conversationId, present(people.target).accountId),
  addAlways: async ({ chat, people }, { actor, owner, conversation: { conversationId, kind } }) => {
    if (kind !== 'private')
      await chat.conversations.change(owner.accountId, conversationId, { membersAdd: false })
    await chat.conversations.add(actor.accountId, conversationId, present(people.target).accountId)
  },
  remove: async ({ chat, people }, { actor, owner, conversation: { conversationId, kind } }) => {
    const { accountId } = present(people.target)
    if (kind !== 'private') {
      await chat.conversations.add(owner.accountId, conversationId, accountId)
      await chat.members.changeRole(owner.accountId, { conversationId, accountId, role: 'reader' })
    }
    await chat.members.remove(actor.accountId, { conversationId, accountId })
  },
  liftBan: ({ chat, people }, { actor, conversation: { conversationId } }) => {
    const { accountId } = present(people.target)
    return chat.members.liftBan(actor.accountId, { conversationId, accountId })
  },
  change: ({ chat }, { actor, conversation }) =>
    chat.conversations.change(actor.accountId, conversation.conversationId, { topic: 'changed' }),
  list: ({ chat }, { actor, conversation: { conversationId } }) =>
    chat.conversations.change(actor.accountId, conversationId, {
      name: `listed ${conversationId}`,
      isListed: true,
    }),
  changeRole: giving('reader'),
  handOver: giving('owner'),
  leave: ({ chat }, { actor, conversation }) => chat.conversations.leave(actor.accountId, conversation),
}

async function worldOn(store: Store) {
  const names = ['olga', 'target', ...Object.values(others)]
  const { chat, people } = await chatOn(store, ...names)
  const owner = present(people.olga)
  const said = async ({ actor, conversation }: Pick<Place, 'actor' | 'conversation'>) => {
    const standing = present(await chat.conversations.standing(actor.accountId, conversation.conversationId))
    return chat.messages.send(actor, standing, { body: 'said' })
  }
  const give = async ({ conversation: { conversationId }, actor }: Place, role: Role) =>
    actor === owner ||
    chat.members.changeRole(owner.accountId, { conversationId, accountId: actor.accountId, role })
  /** Said while the actor was a member. */
  const saidBefore = async (place: Place) => {
    const { member } = present(
      await chat.conversations.standing(place.actor.accountId, place.conversation.conversationId),
    )
    await give(place, 'member')
    const message = await said(place)
    await give(place, present(member).role)
    return message
  }
  const place = async (kind: ConversationKind, role: Role): Promise<Place> => {
    const actor = role === 'owner' ? owner : present(people[others[role]])
    if (kind === 'private') {
      const { conversation } = await chat.conversations.openPrivate(owner.accountId, actor.accountId)
      return { conversation, actor, owner }
    }
    const { conversation } =
      kind === 'open'
        ? await chat.conversations.createOpen(owner.accountId, null)
        : await chat.conversations.createGroup(owner.accountId, [], null)
    if (actor !== owner)
      await chat.conversations.add(owner.accountId, conversation.conversationId, actor.accountId)
    const made = { conversation, actor, owner }
    await give(made, role)
    return made
  }
  return { chat, people, said, saidBefore, place }
}

/** Whether it was done; false when it was refused for what the actor is. */
async function isDone(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt
    return true
  } catch (error) {
    if (error instanceof ChatError && REFUSALS.has(error.code)) return false
    throw error
  }
}

for (const { name, missing, open } of await stores())
  describe(`each command does what the table says on ${name}`, { skip: missing }, () => {
    let store: Store
    let remove: () => Promise<unknown>
    let world: World
    before(async () => {
      ;[store, remove] = await open()
      world = await worldOn(store)
    })
    after(async () => {
      await store.close()
      await remove()
    })
    for (const [action, attempt] of Object.entries(COMMANDS))
      test(action, async () => {
        for (const kind of KINDS)
          for (const role of kind === 'private' ? (['member'] as const) : ROLES) {
            const done = await isDone(attempt(world, await world.place(kind, role)))
            // The keys of the table are actions.
            assert.equal(done, may(action as Action, role, kind), `${role}, ${kind}`)
          }
      })
  })
