import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { parseChatName } from '../../src/dialects/channels/channel-names.ts'
import { Refusal } from '../../src/dialects/channels/errors.ts'
import * as wire from '../../src/dialects/channels/wire.ts'
import { ask, fieldOf, KEYS, openChat, person, sendMessage } from '../support/channels.ts'
import { deep } from '../support/deep.ts'
import { startParlance } from '../support/server.ts'
import { assertRefused } from './channels-refusal.ts'

const server = await startParlance({ PARLANCE_DIALECTS: 'channels', ...KEYS })
const { url } = server
after(() => server.close())
const [ann, bob, eve] = await Promise.all([person(url, 'ann'), person(url, 'bob'), person(url, 'eve')])
const channel = await openChat(url, ann, bob)

const POSTS = ['/api/register', '/api/login', '/api/request_chat', '/api/pusher/auth', '/api/send_message']
const path = fc.constantFrom(...POSTS)
const junkText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '$ne', '\0', '\ud800', '-1', '1e9', '9007199254740993', '☃'),
)
const junk = fc.oneof(junkText, fc.jsonValue({ stringUnit: 'binary' }), fc.double(), fc.constant(undefined))
const RUNS = { numRuns: deep(150) }

const isAlive = async (): Promise<void> => {
  assert.equal((await sendMessage(url, { from: ann, to: bob, channel }, 'still here')).status, 200)
}

describe('parsers', () => {
  const PARSERS = [
    wire.parseRegistration,
    wire.parseLogin,
    wire.parseChatRequest,
    wire.parsePosting,
    wire.parseSubscription,
    wire.parseUsersPage,
    wire.parseChannel,
  ]
  const fields = [
    'username',
    'password',
    'from_user',
    'to_user',
    'message',
    'channel',
    'socket_id',
    'channel_name',
  ]
  const body = fc.oneof(junk, fc.dictionary(fc.constantFrom(...fields, 'after', 'limit', '__proto__'), junk))

  test('refuse or parse whatever they are given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PARSERS), body, (parse, given) => {
        try {
          parse(given)
        } catch (error) {
          assert.ok(error instanceof Refusal)
          assert.equal(error.answer.status, 400)
        }
      }),
      { numRuns: deep(2_000) },
    )
  })

  test('read no inherited field', () => {
    const inherited = Object.create({ username: 'ann', password: 'secret' })
    assert.throws(() => wire.parseLogin(inherited), Refusal)
  })

  test('know a chat only by its one exact name', () => {
    const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(id, id, fc.string(), (a, b, extra) => {
        const name = `private-chat_${a}_${b}`
        assert.deepEqual(parseChatName(name), a === b ? undefined : { kind: 'private', pair: [a, b] })
        if (/^\d*$/.test(extra)) return
        for (const other of [name + extra, extra + name, `private-chat_0${a}_${b}`]) {
          assert.equal(parseChatName(other), undefined)
        }
      }),
    )
  })
})

describe('HTTP', () => {
  test('answers any body in its own words', async () => {
    const raw = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
      junk.map((value) => JSON.stringify(value) ?? ''),
      fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0etfn- ') }),
    )
    const types = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'text/html',
      'a/b; c',
      '\t',
    )
    await fc.assert(
      fc.asyncProperty(path, raw, types, async (to, body, type) => {
        const asking = { token: ann.token, raw: body, headers: { 'content-type': type } }
        assertRefused(await ask(url, to, asking))
      }),
      RUNS,
    )
    await isAlive()
  })

  test('answers any values of the fields it knows in its own words', async () => {
    const posting = fc.record({ from_user: junk, to_user: junk, message: junk, channel: junk })
    const asked = fc.record({ socket_id: junk, channel_name: junk })
    await fc.assert(
      fc.asyncProperty(path, posting, asked, async (to, one, other) => {
        assertRefused(await ask(url, to, { token: ann.token, json: { ...one, ...other } }))
      }),
      RUNS,
    )
    await isAlive()
  })

  test('answers bodies that are too large or too deep', async () => {
    for (const to of POSTS) {
      const deep = { raw: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }
      assertRefused(await ask(url, to, { token: ann.token, ...deep }))
      const objects = { raw: `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}` }
      assertRefused(await ask(url, to, { token: ann.token, ...objects }))
      const large = { username: 'x'.repeat(300_000), password: 'x' }
      const { status, body } = await ask(url, to, { token: ann.token, json: large })
      assert.deepEqual([status, fieldOf(body, 'message')], [413, 'The request is too large'])
    }
    await isAlive()
  })

  test('answers any channel in the path, and any page', async () => {
    await fc.assert(
      fc.asyncProperty(junkText, async (name) => {
        const segment = name.isWellFormed() ? encodeURIComponent(name) : '%ff'
        const history = await ask(url, `/api/get_message/${segment}`, { token: eve.token })
        if (history.status === 200) assert.deepEqual(history.body, [])
        else assertRefused(history)
        const page = await ask(url, `/api/users?after=${segment}&limit=${segment}`, { token: eve.token })
        if (page.status !== 200) assertRefused(page)
      }),
      RUNS,
    )
    await isAlive()
  })

  test('keeps a message as it was sent, whatever is in it', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((each) => !each.includes('\0') && each.isWellFormed())
    await fc.assert(
      fc.asyncProperty(text, async (message) => {
        const { body } = await sendMessage(url, { from: ann, to: bob, channel }, message)
        assert.equal(fieldOf(body, 'message'), message)
        const history = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
        assert.ok(Array.isArray(history.body))
        assert.equal(fieldOf(history.body.at(-1), 'message'), message)
      }),
      { numRuns: deep(40) },
    )
  })
})
