import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { target } from '../support/server.ts'
import {
  empty,
  is,
  isNull,
  type Loc,
  missing,
  notText,
  ownError,
  TIME,
  tooLong,
  unclean,
} from './messenger-answers.ts'
import { type Answer, MessengerClient, signUp, unique } from './messenger-client.ts'

const server = await target()
const { url } = server
after(() => server.close())

const anyone = new MessengerClient(url)
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

describe('/user', () => {
  it('shows the account to itself', async () => {
    const { client, id, username, email } = await signUp(url, 'lea')
    const { created_at, updated_at, ...me } = await client.ok<Record<string, unknown>>('GET', '/user/me')
    assert.deepEqual(me, { id, username, email, bio: null, email_confirmed: false })
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
