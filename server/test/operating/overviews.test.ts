import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Participant, World } from '../interop/world.ts'
import { type Commands, isRefused, startCommands } from '../support/command.ts'
import { OPERATED_STORES } from '../support/operated-stores.ts'
import type { Owner } from '../support/owner.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// Commands that show an operator what is there, beside a server that has the database open.

for (const [store, open] of Object.entries(OPERATED_STORES))
  describe(`an operator's commands on ${store}`, () => {
    const opened = new AsyncDisposableStack()
    const owner: Owner = { after: (close) => opened.defer(close) }
    let commands: Commands
    let database: readonly string[]
    let world: World
    let fay: Participant
    let gil: Participant

    before(async () => {
      const { settings, options } = await open(owner)
      database = options
      commands = startCommands(owner)
      world = opened.use(await World.start(settings))
      fay = await world.join('fay')
      gil = await world.join('gil')
      const place = await world.open(fay, 'channels', { kind: 'private', others: [gil] })
      await fay.rooms.send(place, 'hello')
    })
    after(() => opened.disposeAsync())

    async function says(...args: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await commands(...args, ...database)
      assert.equal(code, 0, stderr)
      return stdout
    }

    async function refuses(sentence: RegExp, ...args: readonly string[]): Promise<void> {
      isRefused(await commands(...args, ...database), sentence)
    }

    async function json(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
      const text = await says(...args, '--json')
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    }

    test('lists every account, as a table and as JSON', async () => {
      const rows = await json('accounts', 'list')
      assert.deepEqual(
        rows.map(({ username, status }) => [username, status]),
        [fay, gil].map(({ username }) => [username, 'active']),
      )
      const [head = '', first = ''] = (await says('accounts', 'list')).split('\n')
      assert.match(head, /^id +username +display name +email +status +admin +created +last seen$/)
      assert.equal(first.indexOf('active'), head.indexOf('status'))
      assert.match(await says('accounts', 'list', '--status', 'disabled'), /^There is no such account\.$/m)
      await refuses(/--status is one of active, guest/, 'accounts', 'list', '--status', 'x')
    })

    test('shows an account in any case, with what it has', async () => {
      const [shown] = await json('accounts', 'show', fay.username.toUpperCase())
      assert.partialDeepStrictEqual(shown, { username: fay.username, conversations: 1, status: 'active' })
      await refuses(/There is no account "nobody"/, 'accounts', 'show', 'nobody')
    })

    test('shows conversations and their members', async () => {
      const [first] = await json('conversations', 'list')
      assert.partialDeepStrictEqual(first, { kind: 'private', members: 2, messages: 1 })
      const id = String(first?.id)
      const [byGid] = await json('conversations', 'show', String(first?.gid))
      assert.partialDeepStrictEqual(byGid, { id: first?.id, creator: fay.username, messages: 1 })
      const members = await json('conversations', 'members', id)
      assert.deepEqual(members.map(({ username }) => username).toSorted(), [fay.username, gil.username])
      await refuses(/There is no conversation "999"/, 'conversations', 'show', '999')
    })

    test('counts what there is', async () => {
      const [totals] = await json('stats')
      assert.partialDeepStrictEqual(totals, { activeAccounts: 2, privateConversations: 1, messages: 1 })
    })

    test('ends one session, which its account then no longer has', async () => {
      const { username } = gil
      const [session, ...others] = await json('sessions', 'list', username)
      await says('sessions', 'end', username, String(session?.session))
      const left = (await says('sessions', 'list', username, '--json')).split('\n').filter(Boolean).length
      assert.equal(left, others.length)
      const unknown = ['sessions', 'end', username, 'no-such-session']
      await refuses(/has no session "no-such-session"/, ...unknown)
      // Older versions have made such ids.
      const hyphens = '--xv9W__1fr1__7c'
      await refuses(/Write -- before a value/, 'sessions', 'end', username, hyphens)
      const afterTwo = ['sessions', 'end', ...database, '--', username, hyphens]
      isRefused(await commands(...afterTwo), /has no session "--xv9W__1fr1__7c"/)
    })

    test('makes an account an administrator, and takes that back', async () => {
      const isAdmin = async () => (await json('accounts', 'show', fay.username))[0]?.admin
      assert.equal(await isAdmin(), false)
      assert.match(
        await says('accounts', 'make-admin', fay.username),
        /is an administrator of this server\.$/m,
      )
      assert.match(await says('accounts', 'make-admin', fay.username), /, as it was before\.$/m)
      assert.equal(await isAdmin(), true)
      // A server that has the account in memory hears of it.
      await until('the server to know', async () => {
        return (await world.server.chat.accounts.find(fay.account.accountId))?.isAdmin
      })
      assert.match(await says('accounts', 'revoke-admin', fay.username), /is no administrator any more/)
      assert.equal(await isAdmin(), false)
    })

    test('lists the invites of all conversations, and ends one', async () => {
      const { conversations, invites } = world.server.chat
      const { conversation } = await conversations.createGroup(fay.account.accountId, [], 'the bees')
      const { invite, code } = await invites.create(fay.account.accountId, conversation.conversationId)
      const [shown] = await json('invites')
      const facts = { name: 'the bees', maker: fay.username, uses: 0, maxUses: 100, live: true }
      assert.partialDeepStrictEqual(shown, { ...facts, invite: invite.inviteId })
      const end = ['invites', 'end', `${invite.inviteId}`]
      assert.match(await says(...end), /its link lets nobody in any more/)
      await assert.rejects(invites.join(gil.account, code))
      await refuses(/There is no invite "\d+": parlance invites shows them/, ...end)
      assert.match(await says('invites'), /^There is no invite\.$/m)
    })

    test('has a running server delete a conversation, but no private one', async () => {
      const { conversations } = world.server.chat
      const { conversation } = await conversations.createOpen(fay.account.accountId, 'the wasps')
      const { conversationId } = conversation
      const command = ['conversations', 'delete', 'the wasps']
      const sure =
        /Nothing was done\. To delete conversation \d+ \("the wasps"\) for good, with 1 member and 0 messages, add --yes/
      await refuses(sure, ...command)
      assert.equal((await conversations.members(conversationId)).length, 1)
      assert.match(await says(...command, '--yes'), /A running server deletes conversation \d+/)
      await until('it to go', async () => (await conversations.members(conversationId)).length === 0)
      await refuses(/There is no conversation "the wasps"/, ...command, '--yes')
      const again = ['conversations', 'delete', `c_${conversationId}`, '--yes']
      await refuses(/There is no conversation "c_\d+" any more/, ...again)
      const [first] = await json('conversations', 'list')
      const pair = ['conversations', 'delete', `${first?.id}`, '--yes']
      await refuses(/is private, and stays its pair's: parlance conversations purge/, ...pair)
    })

    test("writes an account's own into a file, once", async () => {
      const file = join(await tempDir(owner), 'fay.ndjson')
      await says('accounts', 'export', fay.username, file)
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
      const kinds = lines.map((line) => JSON.parse(line).kind)
      assert.deepEqual([kinds[0], kinds.at(-1)], ['export', 'end'])
      assert.equal((await stat(file)).mode & 0o077, 0)
      await refuses(/cannot be written \(EEXIST\)/, 'accounts', 'export', fay.username, file)
    })

    test('keeps what operators have done, and what was refused', async () => {
      await says('accounts', 'disable', gil.username)
      await refuses(/There is no account/, 'accounts', 'enable', 'nobody')
      const [refused, done] = await json('audit', '--limit', '2')
      assert.partialDeepStrictEqual(done, { act: 'accounts disable', subject: gil.username, outcome: 'done' })
      assert.partialDeepStrictEqual(refused, { act: 'accounts enable', subject: 'nobody' })
      assert.match(String(refused?.outcome), /^There is no account "nobody"/)
      assert.match(String(refused?.origin), /^command line of /)
    })
  })
