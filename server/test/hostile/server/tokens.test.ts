import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { deriveKey } from '../../../src/lib/derive-key.ts'
import { secretsOf, startParlance } from '../../support/server.ts'
import { ask } from './ask.ts'
import { PUSHER } from './fortress.ts'
import { openTalk } from './talk.ts'

const JWTSECRET = 'a secret of which only this test knows'
const TTL = 900

const server = await startParlance({ ...PUSHER, JWTSECRET, CHANNELS_TOKEN_TTL: String(TTL) })
const { url } = server
after(() => server.close())
const talk = await openTalk(url)

const now = () => Math.floor(Date.now() / 1000)
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Sign = (text: string) => string
const hmac =
  (key: string, algorithm = 'sha256'): Sign =>
  (text) =>
    createHmac(algorithm, key).update(text).digest('base64url')

function token(claims: object, sign: Sign, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const text = `${base64(header)}.${base64(claims)}`
  return `${text}.${sign(text)}`
}

/** A dialect that takes JWTs: its key, the claims of a good one, and whether it lets a token in. */
interface Door {
  readonly key: string
  readonly claims: (exp: unknown) => object
  readonly ttl: number
  letsIn(jwt: string): Promise<boolean>
}

async function doors(): Promise<Readonly<Record<string, Door>>> {
  const { root } = await secretsOf(server)
  const { ann } = talk
  const lets = async (path: string, headers: Readonly<Record<string, string>>) =>
    (await ask(url, path, undefined, headers)).status === 200
  return {
    chatapp: {
      key: JWTSECRET,
      claims: (exp) => ({ username: ann.username, exp }),
      ttl: 3600,
      letsIn: (jwt) => lets('/auth/verify', { cookie: `login-token=${jwt}` }),
    },
    messenger: {
      key: deriveKey(root, 'messenger'),
      claims: (exp) => ({ sub: String(ann.id), exp }),
      ttl: 7200,
      letsIn: (jwt) => lets('/user/me', { authorization: `Bearer ${jwt}` }),
    },
    channels: {
      key: deriveKey(deriveKey(root, 'channels'), `lifetime:${TTL}`),
      claims: (exp) => ({ sub: String(ann.id), jti: 'x', exp }),
      ttl: TTL,
      letsIn: (jwt) => lets('/api/users', { authorization: `Bearer ${jwt}` }),
    },
  }
}

describe('tokens', () => {
  test('a good one opens its own dialect and no other', async () => {
    const all = Object.entries(await doors())
    for (const [owner, { key, claims, ttl }] of all) {
      const jwt = token(
        { ...claims(now() + ttl), username: talk.ann.username, sub: String(talk.ann.id) },
        hmac(key),
      )
      for (const [name, { letsIn }] of all)
        assert.equal(await letsIn(jwt), name === owner, `${owner} at ${name}`)
    }
    // Nor do secrets of rooms open anything else, nor anything else rooms.
    const { ann } = talk
    for (const [name, { letsIn }] of all) assert.equal(await letsIn(ann.uuid), false, name)
    const tokens = [
      ann.cookie.split('=')[1],
      ann.messenger.authorization.split(' ')[1],
      ann.channels.authorization,
    ]
    for (const secret of tokens) {
      const { json } = await ask(url, '/create-room', {}, { user: String(secret) })
      assert.equal(json.ok, false)
    }
  })

  test('one that is signed with no key, a public one or another algorithm opens nothing', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const rsa: Sign = (text) => createSign('sha256').update(text).sign(privateKey).toString('base64url')
    for (const [name, { key, claims, ttl, letsIn }] of Object.entries(await doors())) {
      const good = claims(now() + ttl)
      const forged = [
        ...['none', 'None', 'NONE', '', null].map((alg) => token(good, () => '', { alg, typ: 'JWT' })),
        token(good, hmac(key), { alg: 'none' }),
        token(good, hmac(key, 'sha512'), { alg: 'HS512', typ: 'JWT' }),
        token(good, hmac(key), { alg: 'HS512', typ: 'JWT' }),
        token(good, hmac(key), { alg: 'RS256', typ: 'JWT' }),
        token(good, rsa, { alg: 'RS256', typ: 'JWT', jwk: publicKey.export({ format: 'jwk' }) }),
        token(good, hmac(pem)),
        token(good, hmac('')),
        token(good, hmac('secret')),
        token(good, hmac(''), { alg: 'HS256', typ: 'JWT', kid: '/dev/null' }),
        token(good, hmac(key.slice(1))),
        `${token(good, hmac(key))}x`,
        token(good, hmac(key)).replace(/\.[^.]*$/, '.'),
        `${base64({ alg: 'HS256' })}.${base64(good)}`,
        '..',
        'null',
        `${'a'.repeat(10_000)}.a.a`,
      ]
      for (const jwt of forged) assert.equal(await letsIn(jwt), false, `${name}: ${jwt.slice(0, 90)}`)
      assert.equal(await letsIn(token(good, hmac(key))), true, name)
    }
  })

  test('one that begins up to five seconds from now, by its signer’s clock, is good; a later one is not', async () => {
    for (const [name, { key, claims, ttl, letsIn }] of Object.entries(await doors())) {
      const opens = (times: object) => letsIn(token({ ...claims(now() + ttl), ...times }, hmac(key)))
      for (const claim of ['nbf', 'iat']) {
        for (const at of [now() + 3, now(), now() - 3600, 0, -1, now() + 2.5])
          assert.equal(await opens({ [claim]: at }), true, `${name}: ${claim} ${at}`)
        for (const at of [now() + 60, 1e300, String(now()), null, [], {}, true])
          assert.equal(await opens({ [claim]: at }), false, `${name}: ${claim} ${JSON.stringify(at)}`)
      }
    }
  })

  test('one whose end is missing, past, no number, or whose claims are odd opens nothing', async () => {
    for (const [name, { key, claims, letsIn }] of Object.entries(await doors())) {
      const wrong = [undefined, null, now() - 1, 0, -1, String(now() + 100), [now() + 100], {}, true]
      for (const exp of wrong) {
        const jwt = token(claims(exp), hmac(key))
        assert.equal(await letsIn(jwt), false, `${name}: exp ${JSON.stringify(exp)}`)
      }
      const good = { exp: now() + 100 }
      const odd = [
        ...[
          talk.ann.id,
          [String(talk.ann.id)],
          { $ne: null },
          ' 1',
          '1e0',
          '0x1',
          '',
          null,
          '__proto__',
          -1,
        ].map((who) => ({ ...good, sub: who, username: typeof who === 'string' ? 'no such user' : who })),
        { ...good, __proto__: null, toString: 'x' },
        [],
        null,
        'text',
        1,
      ]
      for (const payload of odd) {
        const jwt = token(payload as object, hmac(key))
        assert.equal(await letsIn(jwt), false, `${name}: ${JSON.stringify(payload)}`)
      }
    }
  })
})
