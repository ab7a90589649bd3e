import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, suite, test } from 'node:test'
import fc from 'fast-check'
import { createSigner } from 'fast-jwt'
import { deriveKey } from '../../src/lib/derive-key.ts'
import { ChatappHttp, uniqueName } from '../support/chatapp.ts'
import { deep } from '../support/deep.ts'
import { startParlance } from '../support/server.ts'

const SECRET = 'a secret that only this test knows'
const server = await startParlance({ JWTSECRET: SECRET })
after(() => server.close())
const http = new ChatappHttp(server.url)
const ann = await http.join('ann')

suite('chatapp: nobody speaks as another', () => {
  const later = Math.floor(Date.now() / 1000) + 3600

  const refusals = async (token: string) => {
    const cookie = `login-token=${token}`
    const [verify, closed] = await Promise.all([
      http.call('GET', '/auth/verify', { headers: { cookie } }),
      http.open({ cookie }).closed,
    ])
    assert.equal(verify.status, 401)
    assert.equal(closed.code, 1000)
    return [verify.text, closed.reason]
  }

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  /** Signs what our own library refuses to. */
  function forge(header: unknown, claims: unknown, key = SECRET): string {
    const input = `${encode(header)}.${encode(claims)}`
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
  }

  test('any cookie is no token', async () => {
    const part = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_=;," .'), maxLength: 40 })
    const cookie = fc.oneof(
      part,
      fc.tuple(part, part, part).map((parts) => `login-token=${parts.join('.')}`),
    )
    await fc.assert(
      fc.asyncProperty(cookie, async (sent) => {
        const { status, text } = await http.call('GET', '/auth/verify', { headers: { cookie: sent } })
        assert.equal(status, 401)
        assert.match(text, /^(login-token required|invalid login-token)$/)
      }),
      { numRuns: deep(150) },
    )
  })

  test('a token speaks for nobody unless it is HS256, signed by us, complete and in time', async () => {
    const { username } = ann
    const hs256 = { alg: 'HS256', typ: 'JWT' }
    const good = { username, exp: later }
    const forged = [
      `${encode({ alg: 'none' })}.${encode(good)}.`,
      forge({ alg: 'none' }, good),
      forge({ alg: 'HS512' }, good),
      createSigner({ key: SECRET, algorithm: 'HS384' })(good),
      forge(hs256, good, 'another secret'),
      forge(hs256, good, deriveKey(SECRET, 'messenger')),
      forge(hs256, { username }),
      forge(hs256, { username, exp: 1 }),
      forge(hs256, { username, exp: String(later) }),
      forge(hs256, { username, exp: null }),
      forge(hs256, { exp: later }),
      forge(hs256, { sub: username, exp: later }),
      forge(hs256, { username: [username], exp: later }),
      forge(hs256, { username: { toString: 1 }, exp: later }),
      forge(hs256, null),
      forge(hs256, [good]),
      forge(null, good),
    ]
    for (const token of forged) {
      assert.deepEqual(await refusals(token), ['invalid login-token', 'invalid login-token'], token)
    }
  })

  test('a token of nobody is refused on the WebSocket, in as many bytes as fit', async () => {
    const nobody = uniqueName('nobody')
    const token = (username: string) => forge({ alg: 'HS256' }, { username, exp: later })
    assert.deepEqual(await refusals(token(nobody)), ['invalid login-token', `'${nobody}' doesn't exists`])
    const [, reason] = await refusals(token('€'.repeat(100)))
    assert.equal(reason, `'${'€'.repeat(35)}' doesn't exists`)
    assert.deepEqual(await refusals(token(`${ann.username}\0`)), [
      'invalid login-token',
      `'${ann.username}\0' doesn't exists`,
    ])
  })

  test('nobody reads, writes or describes a conversation they are not in', async () => {
    const eve = await http.join('eve')
    const { id } = await ann.data<{ id: number }>({ type: 'create_conversation', members: [] })
    await ann.data({ type: 'send_message', conversation_id: id, content: 'secret' })
    for (const type of ['send_message', 'get_messages', 'get_conversation_info']) {
      const { success: isAnswered, data } = await eve.ask({ type, id, conversation_id: id, content: 'hi' })
      assert.deepEqual([isAnswered, data], [false, undefined])
    }
    assert.deepEqual(await eve.data({ type: 'get_conversations' }), [])
    assert.deepEqual(await eve.settle(), [])
  })

  test('nobody signs another’s name: fields that claim one are nothing', async () => {
    const eve = await http.join('eve')
    const { id } = await eve.data<{ id: number }>({ type: 'create_conversation', members: [] })
    const sent = await eve.data<{ sender_username: string }>({
      type: 'send_message',
      conversation_id: id,
      content: 'it is me',
      username: ann.username,
      sender_username: ann.username,
    })
    assert.equal(sent.sender_username, eve.username)
  })
})
