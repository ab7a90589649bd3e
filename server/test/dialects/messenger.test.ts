import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { toAccountId } from '../../src/core/chat.ts'
import { deriveKey, Tokens } from '../../src/lib/token.ts'
import { secretsOf, type Target, target } from '../support/server.ts'
import { until } from '../support/until.ts'
import {
  empty,
  is,
  isNull,
  type Loc,
  missing,
  NOT_AUTHORIZED,
  notDict,
  notText,
  ownError,
  tooLong,
  unclean,
} from './messenger-answers.ts'
import { type Answer, MessengerClient, type Person, signUp, unique } from './messenger-client.ts'

const server: Target = await target()
const { url, own } = server
const anyone = new MessengerClient(url)
const absentId = 2 ** 52
after(() => server.close())

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/
const json = { 'content-type': 'application/json' }

/** Each pair is a body and what is wrong with it. */
function refusesBodies(
  title: string,
  call: (body: unknown) => Promise<Answer<unknown>>,
  rows: readonly (readonly [body: unknown, ...problems: object[]])[],
): void {
  it(title, async () => {
    for (const [body, ...detail] of rows) is(await call(body), 422, { detail })
  })
}

describe('POST /register', () => {
  const registration = () => ({
    username: unique('ann'),
    email: `${unique('ann')}@example.org`,
    password: 'x',
  })

  it('answers a bearer token whose claims are the account and an end 120 minutes from now', async () => {
    const { status, headers, body } = await anyone.post<{ access_token: string }>('/register', registration())
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'application/json')
    assert.deepEqual(Object.keys(body), ['access_token', 'token_type'])
    const [head = '', payload = ''] = body.access_token.split('.')
    assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), { alg: 'HS256', typ: 'JWT' })
    const { sub, exp, ...rest } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    assert.deepEqual(rest, {})
    assert.match(sub, /^\d+$/)
    assert.ok(Math.abs(exp - (Date.now() / 1000 + 7200)) < 5)
  })

  it('names the taken fields, whatever their case', async () => {
    const { username, email } = await signUp(url, 'bea')
    const fresh = registration()
    const message = 'This user already exists.'
    const rows = [
      [{ ...fresh, username: username.toUpperCase() }, { username: message }],
      [{ ...fresh, email: email.toUpperCase() }, { email: message }],
      [
        { ...fresh, username, email },
        { username: message, email: message },
      ],
    ] as const
    for (const [body, errors] of rows) {
      const wanted = ownError(400, 'USER_EXISTS', message, errors)
      is(await anyone.post('/register', body), 400, wanted)
    }
  })

  it('lets nobody take as a name what is another one’s email', async () => {
    const { email } = await signUp(url, 'cleo')
    const { status } = await anyone.post('/register', { ...registration(), username: email })
    assert.equal(status, 400)
  })

  it('takes lengths up to the limits, in code points', async () => {
    const username = `${unique('é')}${'🦜'.repeat(64)}`
    const points = Array.from(username).slice(0, 64).join('')
    const local = `${unique('d')}${'é'.repeat(300)}`.slice(0, 243)
    const email = `${local}@example.org`
    const body = { username: points, email, password: '🦜'.repeat(2047) }
    assert.equal(email.length, 255)
    assert.equal((await anyone.post('/register', body)).status, 200)
    assert.equal(
      (await anyone.post('/login', { usernameOrEmail: email, password: body.password })).status,
      200,
    )
  })

  const bad = (fields: object) => ({ username: 'u', email: 'u@example.org', password: 'p', ...fields })
  const at = (field: string): Loc => ['body', field]
  refusesBodies('says of every field, in order, what is wrong', (body) => anyone.post('/register', body), [
    [{ email: 'x@example.org' }, missing(...at('username')), missing(...at('password'))],
    [{ email: null }, missing(...at('username')), isNull(...at('email')), missing(...at('password'))],
    [bad({ username: '', password: '' }), empty(...at('username')), empty(...at('password'))],
    [bad({ username: 'x'.repeat(65) }), tooLong(64, ...at('username'))],
    [bad({ email: `${'x'.repeat(250)}@example.org` }), tooLong(255, ...at('email'))],
    [bad({ password: 'x'.repeat(2048) }), tooLong(2047, ...at('password'))],
    [
      bad({ username: 5, email: ['x'], password: { $ne: '' } }),
      ...['username', 'email', 'password'].map((f) => notText(...at(f))),
    ],
    [bad({ username: true }), notText(...at('username'))],
    [bad({ username: 'a\0b', password: '\ud800' }), unclean(...at('username')), unclean(...at('password'))],
    ...[
      '',
      'plain',
      '@example.org',
      'a@',
      'a@b',
      'a b@example.org',
      'a@@example.org',
      'a@example..org',
      'a@-x.org',
      '.a@x.org',
    ].map(
      (email) =>
        [
          bad({ email }),
          email === ''
            ? empty(...at('email'))
            : { loc: at('email'), msg: 'value is not a valid email address', type: 'value_error.email' },
        ] as const,
    ),
  ])
})

describe('POST /login', () => {
  const wrong = ownError(400, 'WRONG_CREDENTIALS', 'Wrong login credential, try again.', {
    usernameOrEmail: 'Wrong login credential, try again.',
    password: 'Wrong login credential, try again.',
  })

  it('takes the username or the email', async () => {
    const { username, email, password, id } = await signUp(url, 'dora')
    for (const usernameOrEmail of [username, email, email.toUpperCase()]) {
      const answer = await anyone.ok<{ access_token: string; token_type: string }>('POST', '/login', {
        usernameOrEmail,
        password,
      })
      assert.equal(answer.token_type, 'bearer')
      const me = await new MessengerClient(url, answer.access_token).ok<{ id: number }>('GET', '/user/me')
      assert.equal(me.id, id)
    }
  })

  it('answers an unknown name and a wrong password alike', async () => {
    const { username } = await signUp(url, 'eve')
    for (const usernameOrEmail of [username, unique('nobody'), `${unique('nobody')}@example.org`, '']) {
      is(await anyone.post('/login', { usernameOrEmail, password: 'wrong' }), 400, wrong)
    }
  })

  refusesBodies('says of every field what is wrong', (body) => anyone.post('/login', body), [
    [{ usernameOrEmail: 'a' }, missing('body', 'password')],
    [
      { usernameOrEmail: 'x'.repeat(256), password: null },
      tooLong(255, 'body', 'usernameOrEmail'),
      isNull('body', 'password'),
    ],
    [
      { usernameOrEmail: { $gt: '' }, password: [] },
      notText('body', 'usernameOrEmail'),
      notText('body', 'password'),
    ],
    [{ usernameOrEmail: 'a\0', password: 'p' }, unclean('body', 'usernameOrEmail')],
  ])
})

it('refuses to register or log in with an Authorization header, before anything else', async () => {
  const refusal = ownError(
    403,
    'ALREADY_AUTHENICATED',
    'You are already authenicated. You have to logout first',
  )
  const headers = { ...json, authorization: 'Bearer whatever' }
  for (const [path, key] of [
    ['/register', 'email'],
    ['/login', 'usernameOrEmail'],
  ] as const) {
    is(await anyone.send('POST', path, { headers, body: JSON.stringify({ [key]: 5 }) }), 403, refusal)
  }
})

describe('the credential', () => {
  const withHeader = (authorization?: string) =>
    anyone.send('GET', '/user/me', { headers: authorization === undefined ? {} : { authorization } })

  it('is taken with its scheme in any case', async () => {
    const { client } = await signUp(url, 'finn')
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      assert.equal((await withHeader(`${scheme} ${client.token}`)).status, 200)
  })

  it('is asked for by every endpoint but two, before the request is looked at', async () => {
    const routes = [
      ['GET', '/user/me'],
      ['PATCH', '/user/bio'],
      ['GET', '/user/chats?limit=x'],
      ['POST', '/chat/private/create'],
      ['POST', '/chat/group/create'],
      ['GET', '/chat/x'],
      ['POST', '/chat/1/message'],
      ['GET', '/chat/1/messages'],
      ['DELETE', '/message/1'],
    ] as const
    for (const [method, path] of routes) {
      const answer = await anyone.send(method, path, { headers: json })
      is(answer, 401, NOT_AUTHORIZED)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    }
  })

  it('is refused when it is malformed', async () => {
    const { client } = await signUp(url, 'gil')
    const [head, payload, signature] = (client.token ?? '').split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const rows = ['', 'Bearer', 'Bearer x', 'Bearer a.b.c', client.token, `Basic ${client.token}`]
    const forged = [`${head}.${payload}.`, `${head}.${payload}.${signature}x`, `${none}.${payload}.`]
    for (const header of [...rows, ...forged.map((token) => `Bearer ${token}`), `Bearer  ${client.token}`])
      is(await withHeader(header), 401, NOT_AUTHORIZED)
  })

  if (!own) return

  const rootKey = secretsOf(own).root
  const tokens = new Tokens(deriveKey(rootKey, 'messenger'))
  const inAnHour = Math.floor(Date.now() / 1000) + 3600
  const bearerOf = (claims: Record<string, unknown>, exp = inAnHour) => `Bearer ${tokens.issue(claims, exp)}`

  it('is refused when it is expired, of no account, or without a proper one', async () => {
    const { id } = await signUp(url, 'hal')
    assert.equal((await withHeader(bearerOf({ sub: String(id) }, inAnHour))).status, 200)
    is(await withHeader(bearerOf({ sub: String(id) }, inAnHour - 7200)), 401, NOT_AUTHORIZED)
    for (const sub of [
      id,
      String(absentId),
      '0',
      '-1',
      '1e3',
      '9'.repeat(40),
      '',
      null,
      {},
      undefined,
      `${id} `,
    ])
      is(await withHeader(bearerOf({ sub })), 401, NOT_AUTHORIZED)
  })

  it('is refused once it has expired, though it was good before', async () => {
    const { id } = await signUp(url, 'han')
    const header = bearerOf({ sub: String(id) }, Math.floor(Date.now() / 1000) + 2)
    assert.equal((await withHeader(header)).status, 200)
    await until('its end', async () => (await withHeader(header)).status === 401)
  })

  it('is refused when another dialect signed it', async () => {
    const { id } = await signUp(url, 'ida')
    for (const dialect of ['channels', 'chatapp', 'native']) {
      const token = new Tokens(deriveKey(rootKey, dialect)).issue({ sub: String(id) }, inAnHour)
      is(await withHeader(`Bearer ${token}`), 401, NOT_AUTHORIZED)
    }
  })

  it('ends with a logout everywhere, and a later one is good', async () => {
    const { id, username, password, client } = await signUp(url, 'jon')
    await own.chat.accounts.revokeCredentials(toAccountId(id))
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
    // One of the very second of the revocation is refused as well.
    await until('a token of a later second', async () => {
      const body = { usernameOrEmail: username, password }
      const { access_token } = await anyone.ok<{ access_token: string }>('POST', '/login', body)
      return (await withHeader(`Bearer ${access_token}`)).status === 200
    })
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
  })

  it('is refused for an account that is disabled, and so is its password', async () => {
    const { id, username, password, client } = await signUp(url, 'kit')
    await own.chat.accounts.disable(toAccountId(id))
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
    assert.equal((await anyone.post('/login', { usernameOrEmail: username, password })).status, 400)
  })
})

describe('/user', () => {
  it('shows the account to itself', async () => {
    const { client, id, username, email } = await signUp(url, 'lea')
    const { created_at, updated_at, ...me } = await client.ok<Record<string, unknown>>('GET', '/user/me')
    assert.deepEqual(me, { id, username, email, bio: '', email_confirmed: false })
    assert.match(String(created_at), TIME)
    assert.equal(updated_at, created_at)
  })

  it('keeps a bio, which moves updated_at', async () => {
    const { client } = await signUp(url, 'max')
    for (const bio of ['Gärtner 🌻', '🌻'.repeat(64), '']) {
      assert.deepEqual(await client.ok('PATCH', '/user/bio', { bio }), { success: true })
      const me = await client.ok<Record<string, string>>('GET', '/user/me')
      assert.equal(me.bio, bio)
      assert.ok(String(me.updated_at) > String(me.created_at))
    }
  })

  it('refuses a bio that is none', async () => {
    const { client } = await signUp(url, 'nia')
    const rows = [
      [{}, missing('body', 'bio')],
      [{ bio: null }, isNull('body', 'bio')],
      [{ bio: 1 }, notText('body', 'bio')],
      [{ bio: '🌻'.repeat(65) }, tooLong(64, 'body', 'bio')],
      [{ bio: 'a\0' }, unclean('body', 'bio')],
    ] as const
    for (const [body, problem] of rows)
      is(await client.call('PATCH', '/user/bio', body), 422, { detail: [problem] })
  })
})

describe('a body', () => {
  let who: Person
  before(async () => {
    who = await signUp(url, 'olga')
  })
  const patch = (body: string | Buffer<ArrayBuffer> | undefined, headers: Record<string, string> = json) =>
    who.client.send('PATCH', '/user/bio', { headers, body })

  it('that is missing, or null, is a field that is', async () => {
    for (const body of [undefined, '', 'null']) is(await patch(body), 422, { detail: [missing('body')] })
    is(await patch(undefined, {}), 422, { detail: [missing('body')] })
  })

  it('that is JSON but no object is no dict', async () => {
    for (const body of ['[]', '[{"bio":"x"}]', '"bio"', '1', 'true'])
      is(await patch(body), 422, { detail: [notDict] })
  })

  it('must be declared as JSON', async () => {
    const body = '{"bio":"x"}'
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'text/json',
      ';;;',
      'application/jsonx',
    ])
      is(await patch(body, { 'content-type': type }), 422, { detail: [notDict] })
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/merge-patch+json',
    ])
      is(await patch(body, { 'content-type': type }), 200, { success: true })
    is(await patch(Buffer.from(body), {}), 422, { detail: [notDict] })
  })

  it('that cannot be decoded says where, as Python does', async () => {
    const rows = [
      ['{', 'Expecting property name enclosed in double quotes', 1],
      ['{"bio": x}', 'Expecting value', 8],
      ['{"bio" "x"}', "Expecting ':' delimiter", 7],
      ['{"bio": "x" "y"}', "Expecting ',' delimiter", 12],
      ['{"bio": "x"}}', 'Extra data', 12],
      ['{"bio": "🌻', 'Unterminated string starting at', 8],
      ['{"🌻": x}', 'Expecting value', 6],
      ['{"bio": "\\x"}', 'Invalid \\escape', 9],
      ['{"bio": "\\u12x4"}', 'Invalid \\uXXXX escape', 10],
      ['{"bio": "\t"}', 'Invalid control character at', 9],
      ['{"bio": NaN}', 'Expecting value', 8],
    ] as const
    for (const [doc, msg, pos] of rows) {
      const problem = {
        loc: ['body', pos],
        msg: `${msg}: line 1 column ${pos + 1} (char ${pos})`,
        type: 'value_error.jsondecode',
        ctx: { msg, doc, pos, lineno: 1, colno: pos + 1 },
      }
      is(await patch(doc), 422, { detail: [problem] })
    }
    const { body } = await who.client.send<{ detail: { msg: string }[] }>('PATCH', '/user/bio', {
      headers: json,
      body: '{\n "bio":\n  x}',
    })
    assert.equal(body.detail[0]?.msg, 'Expecting value: line 3 column 3 (char 12)')
  })

  it('that is not UTF-8 cannot be parsed', async () => {
    is(await patch(Buffer.from([0x7b, 0xff, 0x7d])), 400, { detail: 'There was an error parsing the body' })
  })

  it('may begin with a byte order mark, and may have more than is asked for', async () => {
    is(await patch('\ufeff{"bio":"x"}'), 200, { success: true })
    is(await patch('{"bio":"x","__proto__":{"bio":1},"constructor":null,"more":[]}'), 200, { success: true })
  })

  it('that is larger than 256 KiB is refused', async () => {
    const refusal = ownError(413, 'BODY_TOO_LARGE', 'The request body is too large.')
    is(await patch(`{"bio":"${'x'.repeat(256 * 1024)}"}`), 413, refusal)
  })
})
