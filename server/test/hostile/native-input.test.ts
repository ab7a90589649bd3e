import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Operation } from '@parlance/protocol'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { deep } from '../support/deep.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { ALL, assertHarmless, bodyOf, pointerTo, Victim } from './native-world.ts'

// A request may have anything in its body, query, path and headers: the answer is one of the document, which is what was asked for, or
// a problem that names what is wrong, and then nothing has changed.

let server: TestServer
before(async () => {
  server = await startParlance()
})
after(() => server.close())

const some = { numRuns: deep(10) }

const NASTY = [
  ...['\0', '\ud800', '__proto__', 'constructor', 'toString', "' OR 1=1 --", '%00', '../../etc/passwd'],
  ...['a_0', 'c_999999999999999', 'c_1e3', 'A_1', 'null', '-1', '1.5', '1e309', 'NaN', '٣', ' 1', '1 '],
]
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom<unknown>(...NASTY, { $ne: null }, -0, 2 ** 53 + 2, 1e308, [[[[[]]]]], true, null),
  fc.constant(JSON.parse('{"__proto__":{"length":5}}')),
)

/** Bodies made of the operation's own fields, of others, or of something else altogether. */
function bodiesOf(operation: Operation): fc.Arbitrary<string> {
  const example = bodyOf(operation) ?? {}
  const names = fc.constantFrom(...Object.keys(example), 'kind', 'name', 'members', '__proto__', 'x')
  const changed = fc
    .dictionary(names, anything, { noNullPrototype: true, maxKeys: 4 })
    .map((fields) => ({ ...example, ...fields }))
  return fc.oneof(changed, anything).map((value) => JSON.stringify(value) ?? '')
}

const queries = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'limit',
        'cursor',
        'before',
        'after',
        'around',
        'search',
        'archived',
        'q',
        'sender',
        'has',
        '__proto__',
        'x',
      ),
      fc.oneof(
        fc.constantFrom(...NASTY, '', '0', '201', 'true'),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((pairs) =>
    pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&'),
  )

const segments = fc.oneof(
  fc
    .constantFrom(...NASTY, '%', '%zz', '%ff', '%2F', '.', '..', '\u{1f44d}')
    .map((text) => (/^%/.test(text) ? text : encodeURIComponent(text.toWellFormed()))),
  fc.string({ unit: 'binary', maxLength: 300 }).map((text) => encodeURIComponent(text.toWellFormed())),
)

/** Those that end the session that asks, or the account. */
const ENDING = new Set(['removeMe', 'changePassword'])

for (const { id, operation } of ALL)
  describe(id, () => {
    const { method, params = {} } = operation
    // Its own, since some requests leave the group or delete a message.
    let victim: Victim
    before(async () => {
      victim = await Victim.in(server)
    })

    if (method !== 'GET' && !ENDING.has(id))
      test('bears any body', async () => {
        await fc.assert(
          fc.asyncProperty(bodiesOf(operation), async (body) => {
            await assertHarmless(victim, () => victim.ask(method, victim.pathOf(operation), { body }))
          }),
          some,
        )
      })

    if (method === 'GET')
      test('bears any query', async () => {
        await fc.assert(
          fc.asyncProperty(queries, async (query) => {
            await assertHarmless(victim, () => victim.ask(method, `${victim.pathOf(operation)}?${query}`))
          }),
          some,
        )
      })

    for (const name of Object.keys(params))
      test(`bears any {${name}}`, async () => {
        const body = bodyOf(operation)
        await fc.assert(
          fc.asyncProperty(segments, async (segment) => {
            const path = victim.pathOf(operation, { [name]: segment })
            const asking = body ? { body: JSON.stringify(body) } : {}
            await assertHarmless(victim, () => victim.ask(method, path, asking))
          }),
          some,
        )
      })

    test('refuses a parameter that it does not know, by its name', async () => {
      const body = bodyOf(operation)
      const asking = body ? { body: JSON.stringify(body) } : {}
      const ask = () => victim.ask(method, `${victim.pathOf(operation)}?limitt=5`, asking)
      const { status, problem } = await assertHarmless(victim, ask)
      assert.equal(status, 400)
      assert.ok(
        problem.errors?.some(({ pointer }) => pointer === '?limitt'),
        JSON.stringify(problem),
      )
    })

    if (!operation.body) return
    test('refuses a field that it does not know, by its pointer', async () => {
      const names = [
        'passwordd',
        '__proto__',
        'constructor',
        'toString',
        'a/b',
        '~',
        '%',
        'é',
        '\ud800',
        '\0',
        '',
      ]
      for (const name of names) {
        // Written by hand, so that `__proto__` is a field.
        const text = JSON.stringify(bodyOf(operation)).replace(/\}$/, '')
        const field = `${JSON.stringify(name)}:1}`
        const body = text === '{' ? `{${field}` : `${text},${field}`
        const { status, problem } = await assertHarmless(victim, () =>
          victim.ask(method, victim.pathOf(operation), { body }),
        )
        assert.equal(status, 400, JSON.stringify(name))
        const pointers = problem.errors?.map(({ pointer }) => pointer)
        assert.ok(pointers?.includes(pointerTo(name)), `${JSON.stringify(name)}: ${JSON.stringify(problem)}`)
      }
    })

    test('refuses more fields that it does not know than it names', async () => {
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, n]))
      const body = JSON.stringify({ ...bodyOf(operation), ...many })
      const ask = () => victim.ask(method, victim.pathOf(operation), { body })
      const { status, problem } = await assertHarmless(victim, ask)
      assert.equal(status, 400)
      assert.equal(problem.errors?.length, 100)
      assert.deepEqual(problem.errors[0], { pointer: '#/x0', detail: 'is no field here' })
    })

    test('refuses what is no JSON object', async () => {
      const path = victim.pathOf(operation)
      const bodies = ['{', '[]', 'null', '"text"', '7', '{"a":1}}', "{'a':1}", '{"a":1,}', '{}{}']
      // Where every field is optional, no body is as good as an empty one.
      if (!Compile(operation.body ?? {}).Check({})) bodies.push('')
      const bytes = [Uint8Array.of(0x7b, 0xff, 0x7d), Uint8Array.of(0x22, 0xc3, 0x22), Uint8Array.of(0)]
      for (const body of [...bodies, ...bytes]) {
        const { status } = await assertHarmless(victim, () => victim.ask(method, path, { body }))
        assert.equal(status, 400, String(body))
      }
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'json',
        '*/*',
      ]) {
        const asking = { headers: { 'content-type': type }, body: JSON.stringify(bodyOf(operation)) }
        const { status } = await assertHarmless(victim, () => victim.ask(method, path, asking))
        assert.ok([400, 415].includes(status), `${type}: ${status}`)
      }
    })

    test('refuses a body that is too large or too deep, before it costs anything', async () => {
      const path = victim.pathOf(operation)
      const huge = JSON.stringify({ body: 'x'.repeat(300_000) })
      assert.equal((await assertHarmless(victim, () => victim.ask(method, path, { body: huge }))).status, 413)
      const deep = `{"settings":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
      assert.equal((await assertHarmless(victim, () => victim.ask(method, path, { body: deep }))).status, 400)
    })
  })

describe('a query', () => {
  let victim: Victim
  before(async () => {
    victim = await Victim.in(server)
  })

  test('has each parameter once', async () => {
    const { status, problem } = await victim.ask('GET', `/v1/conversations?limit=1&limit=2`)
    assert.deepEqual([status, problem.errors?.[0]?.pointer], [400, '?limit'])
  })

  test('has at most one of before, after and around', async () => {
    const path = `/v1/conversations/${victim.c}/messages?before=2&after=1`
    assert.equal((await victim.ask('GET', path)).status, 400)
  })
})

describe('a header', () => {
  let victim: Victim
  before(async () => {
    victim = await Victim.in(server)
  })

  const texts = fc.oneof(
    fc.constantFrom('', '*', 'W/"1"', '"-1"', '"1e3"', '1', '"9999999999999999"'),
    fc.stringMatching(/^[!-~][ -~]{0,300}$/),
  )

  test('If-Match is a version in quotes, or the edit is refused', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (header) => {
        fc.pre(header !== '')
        const asking = { headers: { 'if-match': header }, body: '{"body":"edited"}' }
        const path = `/v1/conversations/${victim.c}/messages/1`
        const { status } = await assertHarmless(victim, () => victim.ask('PATCH', path, asking))
        assert.ok(
          /^"\d{1,15}"$/.test(header.trim()) ? status !== 400 : status === 400,
          `${header}: ${status}`,
        )
      }),
      some,
    )
  })

  test('Idempotency-Key is printable and short, or nothing is made', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (header) => {
        fc.pre(header.trim() !== '')
        const asking = { headers: { 'idempotency-key': header }, body: '{"kind":"group","members":[]}' }
        await assertHarmless(victim, () => victim.ask('POST', '/v1/conversations', asking))
      }),
      some,
    )
  })

  test('is too long for any request', async () => {
    const long = { headers: { 'x-long': 'x'.repeat(20_000) } }
    const response = await fetch(`${server.url}/v1/me`, long)
    assert.equal(response.status, 431)
    await response.text()
  })
})
