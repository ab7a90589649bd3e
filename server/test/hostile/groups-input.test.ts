import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/dialects/groups/errors.ts'
import { Fields, parseArgument, requireEchoable } from '../../src/dialects/groups/fields.ts'
import { deep } from '../support/deep.ts'
import { GroupsClient } from '../support/groups.ts'
import { startParlance } from '../support/server.ts'
import { EVENTS } from './groups-events.ts'

const server = await startParlance()
const { url } = server
after(() => {
  GroupsClient.endAll()
  return server.close()
})

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '\0', '\ud800', '$ne']

const awkward = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(2 ** 53, -1, 1e308, { $ne: null }, { $gt: '' }, [[]], { toString: 'x' }),
)
const request = fc.oneof(
  awkward,
  fc.string().map((text) => text as unknown),
  fc.record(
    { username: awkward, group_name: awkward, text: awkward, password: awkward, token: awkward },
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.constantFrom('username', ...NAMES), awkward),
)
const sent = fc.oneof(
  request,
  request.map((value) => JSON.stringify(value)),
)

const DEEP = '['.repeat(30_000) + ']'.repeat(30_000)

describe('the parser', () => {
  test('answers fields or a malformed request, whatever comes', () => {
    fc.assert(
      fc.property(sent, fc.constantFrom('username', 'text', ...NAMES), (argument, name) => {
        try {
          const value = parseArgument(argument).text(name)
          assert.ok(value.length > 0 && value.isWellFormed() && !value.includes('\0'))
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error))
        }
      }),
      { numRuns: deep(1200) },
    )
  })

  test('finds no field on the prototype', () => {
    const inherited: Record<string, unknown> = JSON.parse('{"__proto__": {"username": "ann"}}')
    for (const fields of [new Fields(inherited), new Fields(Object.create({ username: 'ann' }))]) {
      assert.equal(fields.optionalText('username'), undefined)
      assert.equal(fields.optionalText('constructor'), undefined)
    }
  })

  test('stops at a depth that could not be sent back', () => {
    assert.throws(() => requireEchoable(JSON.parse(DEEP)), Refusal)
  })
})

describe('any request', () => {
  test('is answered in the words of the dialect, and the connection lives', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS, ...NAMES), sent, async (event, argument) => {
        const answers = await ann.client.ask(event, argument)
        assert.ok(answers.length >= 1, `${event} ${JSON.stringify(argument)}`)
        for (const [name] of answers) {
          assert.match(name, /^(invalid_request|user_not_authorized|user_found)$/)
        }
      }),
      { numRuns: deep(120) },
    )
    assert.equal(ann.client.isDisconnected, false)
  })

  test('with a name of its own and anything else is, too', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const fields = fc.record({ group_name: awkward, text: awkward }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS), fields, async (event, rest) => {
        const answers = await ann.ask(event, rest)
        assert.ok(answers.length >= 1, `${event} ${JSON.stringify(rest)}`)
      }),
      { numRuns: deep(120) },
    )
    assert.equal(ann.client.isDisconnected, false)
  })

  test('may be deep, long or binary', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    const lessDeep: unknown = JSON.parse('['.repeat(500) + ']'.repeat(500))
    for (const argument of [
      ...[deep, lessDeep, { username: lessDeep }, 'x'.repeat(60_000), Buffer.alloc(1000)],
      ...[
        { username: Buffer.from(ann.username), group_name: 'x' },
        [Buffer.alloc(1), { a: Buffer.alloc(1) }],
      ],
      { username: 'x'.repeat(60_000), group_name: 'x' },
    ]) {
      for (const event of ['pingg', 'find_user', 'join_group', 'send_message', 'nothing']) {
        const [[name] = []] = await ann.client.ask(event, argument)
        assert.match(name ?? '', /^(invalid_request|user_not_authorized|pongg)$/)
      }
    }
    assert.equal(ann.client.isDisconnected, false)
  })

  test('may have more arguments than one, or none', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const { username } = ann
    const [[found] = []] = await ann.client.ask('find_user', { username }, { username: 'other' }, 7)
    assert.equal(found, 'user_found')
    for (const event of EVENTS) assert.equal((await ann.client.ask(event))[0]?.[0], 'invalid_request')
  })
})
