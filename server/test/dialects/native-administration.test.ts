import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as pathTo } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ADMINISTRATION_OPERATIONS } from '@parlance/protocol'
import { toAccountId } from '../../src/core/types.ts'
import { present } from '../store/world.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

// The part of `/v1` that is for administrators of the server.

type AdminOperation = keyof typeof ADMINISTRATION_OPERATIONS

let server: TestServer
let admin: NativeHttp
let other: NativeHttp
let plain: NativeHttp
before(async () => {
  const folder = await mkdtemp(pathTo(tmpdir(), 'parlance-back-up-'))
  after(() => rm(folder, { recursive: true, force: true }))
  server = await startParlance({ BACKUP_DIR: pathTo(folder, 'copy') })
  const names = ['admin', 'other', 'plain']
  const people = await Promise.all(names.map((name) => NativeHttp.register(server.url, unique(name))))
  ;[admin, other, plain] = [present(people[0]), present(people[1]), present(people[2])]
  for (const { id } of [admin, other]) await server.chat.accounts.setAdmin(idOf(id), true)
})
after(() => server.close())

const idOf = (name: string) => toAccountId(Number(name.slice(2)))
const nameOf = async ({ id }: NativeHttp) => present(await server.chat.accounts.find(idOf(id))).username
const join = (hint: string) => NativeHttp.register(server.url, unique(hint))

/** A request of each operation, about somebody new, or about a new group where it is about a conversation. */
type Ask = (
  by: NativeHttp,
  about: { readonly a: string; readonly id: string },
) => ReturnType<NativeHttp['attempt']>

const REQUESTS: Readonly<Record<AdminOperation, Ask>> = {
  listAdministeredAccounts: (by) => by.attempt('listAdministeredAccounts'),
  getAdministeredAccount: (by, { a }) => by.attempt('getAdministeredAccount', { params: { a } }),
  disableAccount: (by, { a }) => by.attempt('disableAccount', { params: { a } }),
  enableAccount: (by, { a }) => by.attempt('enableAccount', { params: { a } }),
  signOutAccount: (by, { a }) => by.attempt('signOutAccount', { params: { a } }),
  endAdministeredSession: (by, { a }) =>
    by.attempt('endAdministeredSession', { params: { a, s: 's_nobody' } }),
  deleteAccount: (by, { a }) => by.attempt('deleteAccount', { params: { a } }),
  listAdministeredConversations: (by) => by.attempt('listAdministeredConversations'),
  deleteConversation: (by, { id }) => by.attempt('deleteConversation', { params: { id } }),
  startBackUp: async (by) => {
    const answer = await by.attempt('startBackUp')
    await until('its end', async () => (await admin.ok('getBackUp')).running === null)
    return answer
  },
  getBackUp: (by) => by.attempt('getBackUp'),
  listActs: (by) => by.attempt('listActs'),
  getFigures: (by) => by.attempt('getFigures'),
  getTotals: (by) => by.attempt('getTotals'),
}

/** Those that are about an account and change it. */
const ACTS = ['disableAccount', 'enableAccount', 'signOutAccount', 'deleteAccount'] as const

const actsNow = () => admin.ok('listActs', { query: { limit: 200 } })

describe('the table of rights of administrators', () => {
  for (const [name, ask] of Object.entries(REQUESTS)) {
    const someone = async () => {
      const target = await join('target')
      return { target, group: await target.group() }
    }

    test(`${name} is for an administrator`, async () => {
      const { target, group } = await someone()
      const { status, body } = await ask(admin, { a: target.id, id: group.id })
      assert.ok(status < 300, JSON.stringify(body))
    })

    test(`${name} is refused to everybody else, and changes nothing`, async () => {
      const { target, group } = await someone()
      const about = { a: target.id, id: group.id }
      const acts = await actsNow()
      for (const by of [plain, target]) {
        const { status, body } = await ask(by, about)
        assert.partialDeepStrictEqual(body, { code: 'forbidden', detail: FOR_ADMINS })
        assert.equal(status, 403)
      }
      const { status } = await ask(new NativeHttp(server.url), about)
      assert.equal(status, 401)
      assert.deepEqual(await actsNow(), acts)
      assert.equal((await target.ok('getMe')).id, target.id)
      assert.equal((await target.ok('getConversation', { params: { c: group.id } })).id, group.id)
    })
  }

  test('no administrator acts on oneself, or on another one', async () => {
    for (const act of ACTS) {
      assert.deepEqual(await admin.refusal(act, { params: { a: admin.id } }), '400 with_yourself')
      assert.deepEqual(await admin.refusal(act, { params: { a: other.id } }), '403 forbidden')
      assert.deepEqual(await admin.refusal(act, { params: { a: 'a_999999' } }), '404 not_found')
    }
    assert.equal((await other.ok('getMe')).isAdmin, true)
    // Refused acts are noted, too.
    const { items } = await actsNow()
    const refused = items.filter(({ outcome }) => outcome === 'forbidden' || outcome === 'with_yourself')
    assert.ok(refused.length >= 2 * ACTS.length)
  })

  test('one who is no administrator any more is refused at once', async () => {
    const former = await join('former')
    await server.chat.accounts.setAdmin(idOf(former.id), true)
    await former.ok('getTotals')
    await server.chat.accounts.setAdmin(idOf(former.id), false)
    assert.equal(await former.refusal('getTotals'), '403 forbidden')
  })
})

const FOR_ADMINS = 'Only an administrator of this server may do this.'

test('accounts are found by a part of a name and by their status, page by page', async () => {
  const [one, two] = [await join('needle'), await join('NEEDLE')]
  const found = async (query: Parameters<typeof admin.ok<'listAdministeredAccounts'>>[1]) =>
    admin.ok('listAdministeredAccounts', query)
  const all = await found({ query: { search: 'eedle' } })
  assert.deepEqual(
    all.items.map(({ id }) => id),
    [one.id, two.id],
  )
  assert.partialDeepStrictEqual(all.items[0], { status: 'active', isAdmin: false, email: null })
  const first = await found({ query: { search: 'needle', limit: 1 } })
  const rest = await found({ query: { search: 'needle', limit: 1, cursor: present(first.next) } })
  assert.deepEqual([first.items[0]?.id, rest.items[0]?.id, rest.next], [one.id, two.id, null])
  await admin.ok('disableAccount', { params: { a: two.id } })
  const disabled = await found({ query: { search: 'needle', status: 'disabled' } })
  assert.deepEqual(
    disabled.items.map(({ id }) => id),
    [two.id],
  )
  assert.equal(
    await admin.refusal('listAdministeredAccounts', { query: { cursor: 'x' } }),
    '400 invalid_request',
  )
})

test('an account is shown with its log-ins, and put out, let in again and deleted', async () => {
  const cy = await join('cy')
  const params = { a: cy.id }
  const shown = await admin.ok('getAdministeredAccount', { params })
  assert.deepEqual([shown.status, shown.conversations, shown.sessions.length], ['active', 0, 1])
  assert.partialDeepStrictEqual(shown.sessions[0], { dialect: 'native', address: '127.0.0.1' })
  const socket = await NativeSocket.live(server.url, present(cy.token))
  const again = { login: shown.username, password: 'correct horse battery' }
  const { session } = await new NativeHttp(server.url).ok('createSession', { body: again })
  const other = new NativeHttp(server.url, { token: session.token, id: cy.id })
  const [newest] = (await admin.ok('getAdministeredAccount', { params })).sessions
  await admin.ok('endAdministeredSession', { params: { ...params, s: present(newest).id } })
  assert.equal(await other.refusal('getMe'), '401 not_authorized')
  assert.equal((await cy.ok('getMe')).id, cy.id)
  await admin.ok('signOutAccount', { params })
  assert.equal((await socket.closed).code, 4002)
  assert.equal(await cy.refusal('getMe'), '401 not_authorized')
  await admin.ok('disableAccount', { params })
  const logIn = { login: shown.username, password: 'correct horse battery' }
  const anybody = new NativeHttp(server.url)
  assert.equal(await anybody.refusal('createSession', { body: logIn }), '401 wrong_credentials')
  await admin.ok('enableAccount', { params })
  await anybody.ok('createSession', { body: logIn })
  const ann = await join('ann')
  const group = await ann.group(cy)
  await admin.ok('deleteAccount', { params, query: { messages: 'delete' } })
  await until('it to leave', async () => {
    const { memberCount } = await ann.ok('getConversation', { params: { c: group.id } })
    return memberCount === 1
  })
  assert.equal((await admin.ok('getAdministeredAccount', { params })).status, 'removed')
  assert.equal(await admin.refusal('deleteAccount', { params }), '403 forbidden')
})

test('a conversation is found by a part of its name, and deleted, but no private one', async () => {
  const [ann, bob] = [await join('ann'), await join('bob')]
  const open = await ann.open(unique('Haystack'))
  const socket = await NativeSocket.live(server.url, present(ann.token))
  const { items } = await admin.ok('listAdministeredConversations', { query: { search: 'haystack' } })
  assert.partialDeepStrictEqual(items, [{ id: open.id, kind: 'open', name: open.name, members: 1 }])
  await admin.ok('deleteConversation', { params: { id: open.id } })
  await socket.find('the end of it', ({ type, data }) => type === 'left' && data.conversation === open.id)
  await until('nobody to find it', async () => {
    const found = await admin.ok('listAdministeredConversations', { query: { search: 'haystack' } })
    return found.items.length === 0
  })
  const pair = await ann.private(bob)
  const refusal = await admin.problem('deleteConversation', { params: { id: pair.id } })
  assert.deepEqual([refusal.status, refusal.detail], [403, 'A private conversation stays its pair’s.'])
  assert.equal(await admin.refusal('deleteConversation', { params: { id: 'c_999999' } }), '404 not_found')
  await socket.close()
})

test('each act is a row of the audit log, with who did it, from where, and how it ended', async () => {
  const target = await join('target')
  const [actor, subject] = [await nameOf(other), await nameOf(target)]
  await other.ok('disableAccount', { params: { a: target.id } })
  const [act] = (await admin.ok('listActs', { query: { limit: 1 } })).items
  assert.partialDeepStrictEqual(act, {
    ...{ actor, origin: 'native, from 127.0.0.1', act: 'accounts disable' },
    ...{ subject, outcome: 'done' },
  })
  const first = await admin.ok('listActs', { query: { limit: 1 } })
  const second = await admin.ok('listActs', { query: { limit: 1, cursor: present(first.next) } })
  assert.equal(second.items[0]?.number, present(act).number - 1)
})

test('live figures tell connections, messages and commits', async () => {
  const ann = await join('ann')
  const group = await ann.group()
  const figuresNow = () => admin.ok('getFigures')
  const before = await figuresNow()
  const socket = await NativeSocket.live(server.url, present(ann.token))
  await ann.send(group, 'one')
  const after = await figuresNow()
  const native = (figures: typeof after) => present(figures.dialects.find(({ name }) => name === 'native'))
  assert.equal(native(after).connections, native(before).connections + 1)
  assert.equal(native(after).sent, native(before).sent + 1)
  assert.ok(after.commits > before.commits && after.writes >= after.commits)
  assert.deepEqual([after.isStoreUp, after.isBusUp, after.startedAt], [true, true, before.startedAt])
  await until('a rate', async () => (await figuresNow()).sentPerSecond !== null)
  await socket.close()
})

test('totals count everything that there is', async () => {
  const before = await admin.ok('getTotals')
  const ann = await join('ann')
  await ann.group()
  const { accounts, conversations } = await admin.ok('getTotals')
  assert.ok(accounts.active > before.accounts.active)
  assert.equal(conversations.group, before.conversations.group + 1)
})
