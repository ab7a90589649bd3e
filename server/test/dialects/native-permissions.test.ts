import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Listing, Message, RequestOp } from '@parlance/protocol'
import type { ConversationKind, Role } from '../../src/core/chat.ts'
import { ACTIONS, type Action, may, ROLES } from '../../src/core/policy.ts'
import { present } from '../store/world.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// Every cell of the table of rights, over REST and over the socket: what a role may do is done, and what it may not do is
// refused, tells nothing and changes nothing.

let server: TestServer
let people: Readonly<Record<Role | 'target', NativeHttp>>
/** Their sockets, by account. */
let sockets: ReadonlyMap<string, NativeSocket>
before(async () => {
  server = await startParlance()
  const names = [...ROLES, 'target'] as const
  const made = await Promise.all(names.map((name) => NativeHttp.register(server.url, unique(name))))
  people = Object.fromEntries(names.map((name, at) => [name, present(made[at])])) as typeof people
  const opened = made.map(
    async ({ id, token }) => [id, await NativeSocket.live(server.url, present(token))] as const,
  )
  sockets = new Map(await Promise.all(opened))
})
after(async () => {
  await Promise.all([...sockets.values()].map((socket) => socket.close()))
  await server.close()
})

/** A new conversation, and the member in whose role something is tried. */
interface Place {
  readonly c: string
  readonly kind: ConversationKind
  readonly actor: NativeHttp
  readonly role: Role
  /** Said by the actor while a member. */
  readonly own: Message
  /** Another member's, edited once. */
  readonly foreign: Message
}

const KINDS: Readonly<Record<ConversationKind, readonly Role[]>> = {
  private: ['member'],
  group: ROLES,
  open: ROLES,
}

async function placeOf(kind: ConversationKind, role: Role): Promise<Place> {
  const { owner, target } = people
  const actor = people[role]
  const listing: Listing = await {
    private: () => owner.private(actor),
    group: () => owner.group(),
    open: () => owner.open(unique('plaza'), { listed: false }),
  }[kind]()
  const c = listing.id
  const put = (who: NativeHttp, given: Role) =>
    owner.ok('putMember', { params: { c, a: who.id }, body: { role: given } })
  if (kind !== 'private' && role !== 'owner') await put(actor, 'member')
  const own = await actor.send(listing, 'mine')
  if (kind !== 'private' && role !== 'owner') await put(actor, role)
  if (role !== 'owner') return { c, kind, actor, role, own, foreign: await said(owner, listing) }
  await put(target, 'member')
  const foreign = await said(target, listing)
  await owner.ok('removeMember', { params: { c, a: target.id } })
  if (kind === 'open') await owner.ok('liftBan', { params: { c, a: target.id } })
  return { c, kind, actor, role, own, foreign }
}

async function said(who: NativeHttp, listing: Listing): Promise<Message> {
  const { seq } = await who.send(listing, 'theirs')
  return who.ok('editMessage', { params: { c: listing.id, seq }, body: { body: 'theirs, edited' } })
}

type Answer = Pick<Awaited<ReturnType<NativeHttp['attempt']>>, 'status' | 'body'>
/** Makes ready what the attempt needs, and answers the attempt itself. */
type Preparation = (place: Place) => Promise<() => Promise<Answer>>

const at = (attempt: (place: Place) => Promise<Answer>): Preparation => {
  return async (place) => () => attempt(place)
}

const withTarget =
  (attempt: (place: Place) => Promise<Answer>, role: Role = 'reader'): Preparation =>
  async (place) => {
    const params = { c: place.c, a: people.target.id }
    if (place.kind !== 'private') await people.owner.ok('putMember', { params, body: { role } })
    return () => attempt(place)
  }

const give = (role: Role) =>
  withTarget(
    ({ actor, c }) => actor.attempt('putMember', { params: { c, a: people.target.id }, body: { role } }),
    'member',
  )

const add = ({ actor, c }: Place) =>
  actor.attempt('putMember', { params: { c, a: people.target.id }, body: {} })

const REQUESTS: Readonly<Record<Action, Preparation>> = {
  read: at(({ actor, c }) => actor.attempt('listMessages', { params: { c } })),
  react: at(({ actor, c, foreign: { seq } }) =>
    actor.attempt('putReaction', { params: { c, seq, key: '👍' } }),
  ),
  deleteOwn: at(({ actor, c, own: { seq } }) => actor.attempt('deleteMessage', { params: { c, seq } })),
  send: at(({ actor, c }) =>
    actor.attempt('sendMessage', { params: { c }, body: { clientId: unique('m'), body: 'more' } }),
  ),
  edit: at(({ actor, c, own: { seq } }) =>
    actor.attempt('editMessage', { params: { c, seq }, body: { body: 'edited' } }),
  ),
  pin: at(({ actor, c, foreign: { seq } }) => actor.attempt('pinMessage', { params: { c, seq } })),
  readVersions: at(({ actor, c, foreign: { seq } }) => actor.attempt('listVersions', { params: { c, seq } })),
  deleteOthers: at(({ actor, c, foreign: { seq } }) =>
    actor.attempt('deleteMessage', { params: { c, seq } }),
  ),
  mentionAll: at(async ({ actor, c }) => {
    const body = { clientId: unique('m'), body: 'hello, @all' }
    const answer = await actor.attempt('sendMessage', { params: { c }, body })
    const { mentions = [] } = answer.body as Partial<Message>
    // Without the right it is a text like any other.
    return mentions.length > 0 ? answer : { ...answer, status: 403 }
  }),
  add: at(add),
  addAlways: async (place) => {
    const { kind, c } = place
    if (kind !== 'private')
      await people.owner.ok('changeConversation', { params: { c }, body: { membersAdd: false } })
    return () => add(place)
  },
  remove: withTarget(({ actor, c }) => actor.attempt('removeMember', { params: { c, a: people.target.id } })),
  liftBan: async ({ actor, c, kind }) => {
    const params = { c, a: people.target.id }
    if (kind === 'open') {
      await people.owner.ok('putMember', { params, body: {} })
      await people.owner.ok('removeMember', { params })
    }
    return () => actor.attempt('liftBan', { params })
  },
  changeRole: give('reader'),
  handOver: give('owner'),
  change: at(({ actor, c }) =>
    actor.attempt('changeConversation', { params: { c }, body: { topic: 'changed' } }),
  ),
  list: at(({ actor, c }) => actor.attempt('changeConversation', { params: { c }, body: { listed: true } })),
  retain: at(({ actor, c }) =>
    actor.attempt('changeConversation', { params: { c }, body: { retentionDays: 30 } }),
  ),
  invite: at(({ actor, c }) => actor.attempt('createInvite', { params: { c }, body: {} })),
  leave: at(({ actor, c }) => actor.attempt('removeMember', { params: { c, a: actor.id } })),
}

/** The same over the socket, where it has a request for it. */
const over = (op: RequestOp, fieldsOf: (place: Place) => object = () => ({})): Preparation =>
  at(async (place) => {
    const fields = { conversation: place.c, ...fieldsOf(place) }
    const { ok, error } = await present(sockets.get(place.actor.id)).ask(op, fields)
    return { status: error?.status ?? 200, body: error ?? ok }
  })

const SOCKET_REQUESTS: Readonly<Partial<Record<Action, readonly Preparation[]>>> = {
  read: [over('conversation.open'), over('read', ({ own: { seq } }) => ({ seq }))],
  react: [
    over('reaction.put', ({ foreign: { seq } }) => ({ seq, key: '👍' })),
    over('reaction.remove', ({ foreign: { seq } }) => ({ seq, key: '👍' })),
  ],
  deleteOwn: [over('message.delete', ({ own: { seq } }) => ({ seq }))],
  deleteOthers: [over('message.delete', ({ foreign: { seq } }) => ({ seq }))],
  send: [over('message.send', () => ({ clientId: unique('m'), body: 'more' })), over('typing')],
  edit: [over('message.edit', ({ own: { seq } }) => ({ seq, body: 'edited' }))],
  mentionAll: [
    at(async ({ actor, c }) => {
      const fields = { conversation: c, clientId: unique('m'), body: 'hello, @all' }
      const { ok, error } = await present(sockets.get(actor.id)).ask('message.send', fields)
      if (!ok) return { status: present(error).status, body: error }
      const { mentions } = await actor.ok('getMessage', { params: { c, seq: Number(ok.seq) } })
      return mentions.length > 0 ? { status: 200, body: ok } : { status: 403, body: ok }
    }),
  ],
}

/** Every way to do it. */
const waysTo = (action: Action): readonly Preparation[] => [
  REQUESTS[action],
  ...(SOCKET_REQUESTS[action] ?? []),
]

const isTextOnly = (action: Action, role: Role) => action === 'mentionAll' && may('send', role, 'group')

async function tryCell(
  kind: ConversationKind,
  role: Role,
  { action, prepare }: { readonly action: Action; readonly prepare: Preparation },
): Promise<void> {
  const place = await placeOf(kind, role)
  const attempt = await prepare(place)
  const stateNow = () => people.owner.ok('getConversation', { params: { c: place.c } })
  const before = await stateNow()
  const { status, body } = await attempt()
  if (may(action, role, kind)) {
    assert.ok(status < 300, JSON.stringify(body))
    return
  }
  assert.equal(status, 403, JSON.stringify(body))
  if (isTextOnly(action, role)) return
  const { code } = body as { readonly code: string }
  assert.ok(['forbidden', 'message_refused', 'not_the_owner'].includes(code), code)
  assert.deepEqual(await stateNow(), before)
}

for (const [kind, roles] of Object.entries(KINDS) as [ConversationKind, readonly Role[]][])
  for (const role of roles)
    describe(`a conversation that is ${kind}, to its ${role}`, () => {
      test('lists as `can` what the table gives that role', async () => {
        const { actor, c } = await placeOf(kind, role)
        const { can, me } = await actor.ok('getConversation', { params: { c } })
        const given = ACTIONS.filter((action) => action !== 'addAlways' && may(action, role, kind))
        assert.deepEqual([me.role, can], [role, given])
      })

      for (const action of ACTIONS)
        test(`${may(action, role, kind) ? 'allows' : 'refuses'} \`${action}\``, async () => {
          for (const prepare of waysTo(action)) await tryCell(kind, role, { action, prepare })
        })
    })

describe('to one who is not in it', () => {
  for (const kind of ['group', 'open'] as const)
    for (const action of ACTIONS)
      test(`a conversation that is ${kind} is not there for \`${action}\``, async () => {
        const place = { ...(await placeOf(kind, 'owner')), actor: people.target }
        // The one who is out has left, and is removed: here that is the same account.
        const expected = action === 'leave' || action === 'remove' ? 204 : 404
        for (const prepare of waysTo(action)) {
          const attempt = await prepare({ ...place, kind: 'private' })
          const { status, body } = await attempt()
          const seen = action === 'mentionAll' && status === 403 ? 404 : status
          assert.equal(seen, expected, JSON.stringify(body))
        }
      })
})
