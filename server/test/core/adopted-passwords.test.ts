import assert from 'node:assert/strict'
import { argon2Sync, createHash, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { Chat } from '../../src/core/chat.ts'
import { type ForeignHash, readForeignPassword } from '../../src/lib/foreign-password.ts'
import { Passwords } from '../../src/lib/password.ts'
import { chatWith } from '../support/chat.ts'
import { CHEAP } from '../support/passwords.ts'

const PASSWORD = 'correct horse bättery'

/** Hashes of that password that werkzeug 3.1 and libxcrypt have made, not this code. */
const MADE_ELSEWHERE = {
  'pbkdf2 with SHA-256':
    'pbkdf2:sha256:1000$VVOMlToDBiEuNv2j$16a460f7036fb81860226e8276e6e6dc47a4ff33cf2ef54e16dc32db187b4e46',
  'pbkdf2 with SHA-1': 'pbkdf2:sha1:1000$DybNeRLNnSF2WgbQ$5d83acbef8e59961b80aa586cfe0f7c9160ff929',
  'pbkdf2 with SHA-512':
    'pbkdf2:sha512:500$cBTsI2HLJp1XXAF6$d5d85eecddd94eaf06ab16144990906b6d22e7e29f19f758af11935d6d224c66c6a9849ad29ca37e2df1a806e01791cae618922deb79c80e03187c0fb64bca57',
  scrypt:
    'scrypt:1024:8:1$QkNxAmUHlxCN2T4G$472b77c564a94ecfa3bbb4ef1a67beb3c26fa22565a0b7ed931ff022af4451897feb273a326611505612f90c843a5dfe0e0ef3dbe468921ed4ba642871bce17c',
  "werkzeug's usual scrypt":
    'scrypt:32768:8:1$EUmzoPF0qs7SZIzk$f9f429461173e658b74438f0784c004778b25fe34ffa0cae6067717b3e3d0549971be1bd90268803dae130d3d262e02fcf4da92d8aa88bd755a0569fbf5a414c',
  bcrypt: '$2b$04$abcdefghijklmnopqrstuu.re4/lWF.zqrrGnYy1AP3doZ95IIwKq',
  "PHP's bcrypt": '$2y$05$N9qo8uLOickgx2ZMRZoMyeUI45/R.f/kwjmMdSxMJxu7LAL7/cLDK',
  argon2i: argon2i(PASSWORD),
}

function argon2i(message: string): string {
  const options = { nonce: 'sixteen-of-bytes', memory: 64, passes: 2, parallelism: 2, tagLength: 24 }
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const tag = argon2Sync('argon2i', { message, ...options })
  return `$argon2i$v=19$m=64,t=2,p=2$${base64(Buffer.from(options.nonce))}$${base64(tag)}`
}

function read(stored: string): ForeignHash {
  const hash = readForeignPassword(stored)
  return typeof hash === 'string' ? assert.fail(`${stored} is ${hash}`) : hash
}

async function open(t: TestContext, stored: string, md5Passwords = true) {
  const { store, bus, clock } = await chatWith(t)
  const chat = new Chat({ store, bus, clock, maxMessageBytes: 100, passwordCost: CHEAP, md5Passwords })
  const passwordHash = await new Passwords(CHEAP, md5Passwords).wrap(read(stored))
  const at = clock.nowMicros()
  await store.accounts.create({
    ...{ uuid: randomUUID(), username: 'ann', displayName: 'ann', email: null, at, passwordHash },
  })
  return {
    logIn: (password: string, isFromMd5Client = false) =>
      chat.credentials.authenticate({ login: 'ann', password, by: 'username', isFromMd5Client }),
    stored: async () => (await store.accounts.findByUsername('ann'))?.passwordHash ?? assert.fail('none'),
    wrapped: passwordHash,
  }
}

for (const [name, stored] of Object.entries(MADE_ELSEWHERE)) {
  test(`a password that was stored as ${name} opens the account, and then is argon2id of itself`, async (t) => {
    const { logIn, stored: now, wrapped } = await open(t, stored, false)
    assert.match(wrapped, /^\$argon2id-of\$[^$]+\$v=19\$m=8,t=1,p=1\$[^$]+\$[^$]+$/)
    assert.ok(!wrapped.includes(stored.split('$').at(-1) ?? ''), 'the result itself is not stored')
    await assert.rejects(logIn('correct horse battery'), { code: 'wrong_credentials' })
    assert.equal(await now(), wrapped, 'a wrong password changes nothing')
    await logIn(PASSWORD)
    assert.match(await now(), /^\$argon2id\$v=19\$m=8,t=1,p=1\$[^$ ]+\$[^$ ]+$/)
    await logIn(PASSWORD)
    await assert.rejects(logIn('correct horse battery'), { code: 'wrong_credentials' })
  })
}

test('the hash of another server opens nothing when it is given as a password', async (t) => {
  const stored = MADE_ELSEWHERE['pbkdf2 with SHA-256']
  const { logIn, wrapped } = await open(t, stored)
  for (const given of [stored, stored.split('$').at(-1) ?? '', wrapped])
    await assert.rejects(logIn(given), { code: 'wrong_credentials' })
})

test('where clients send MD5s, an adopted account opens by its MD5 after the first log-in with the password', async (t) => {
  const { logIn } = await open(t, MADE_ELSEWHERE.scrypt)
  await logIn(PASSWORD)
  await logIn(createHash('md5').update(PASSWORD).digest('hex'), true)
})

test('a decomposed password opens what was hashed as it was typed', async (t) => {
  const { logIn } = await open(t, MADE_ELSEWHERE.scrypt)
  await logIn(PASSWORD.normalize('NFD'))
})

const HEX64 = 'ab'.repeat(32)
for (const [costly, stored] of Object.entries({
  'two million and one rounds': `pbkdf2:sha256:2000001$salt$${HEX64}`,
  'a scrypt of 256 MiB': `scrypt:262144:8:1$salt$${HEX64}${HEX64}`,
  'a scrypt of a thousand lanes': `scrypt:16384:8:1000$salt$${HEX64}${HEX64}`,
  'a scrypt whose N is no power of two': `scrypt:1000:8:1$salt$${HEX64}${HEX64}`,
  'a bcrypt of cost 15': `$2b$15$${'a'.repeat(22)}${'b'.repeat(31)}`,
  'an argon2 of a GiB': `$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`,
  'an argon2 of 4,000 passes': `$argon2id$v=19$m=65536,t=4000,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`,
}))
  test(`${costly} cost more than a log-in may, and are not taken`, () =>
    assert.equal(readForeignPassword(stored), 'costly'))

for (const stored of [
  '',
  'secret',
  '!',
  'plain$$secret',
  `sha1$salt$${'ab'.repeat(20)}`,
  `pbkdf2:sha256:1000$salt$abcd`,
])
  test(`nothing is read of ${JSON.stringify(stored)}`, () =>
    assert.equal(readForeignPassword(stored), 'unknown'))

test('a wrapped password whose parameters were raised in the database costs nothing, and opens nothing', async () => {
  const passwords = new Passwords(CHEAP)
  const wrapped = await passwords.wrap(read(MADE_ELSEWHERE['pbkdf2 with SHA-256']))
  const raised = wrapped.replace('sha256,1000,', 'sha256,900000000,')
  assert.notEqual(raised, wrapped)
  assert.equal(await passwords.prove(PASSWORD, raised), 'refused')
  assert.equal(await passwords.prove(PASSWORD, wrapped), 'outdated')
})
