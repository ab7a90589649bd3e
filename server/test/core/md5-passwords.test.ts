import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { Chat } from '../../src/core/chat.ts'
import { Passwords } from '../../src/lib/password.ts'
import { chatWith, PASSWORD } from '../support/chat.ts'
import { CHEAP, hashOfText } from '../support/passwords.ts'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** Some front ends of rooms send the MD5 of what is typed; all other clients send what is typed. */
type Client = 'md5 client' | 'other'

/** A chat to which MD5 clients come, and short names for what they do. */
async function open(t: TestContext, md5Passwords = true) {
  const { store, bus, clock } = await chatWith(t)
  const chat = new Chat({ store, bus, clock, maxMessageBytes: 100, passwordCost: CHEAP, md5Passwords })
  const storedOf = async (username: string) =>
    (await store.accounts.findByUsername(username))?.passwordHash ?? assert.fail('no hash')
  const isIn = (client: Client, login: string, password: string): Promise<boolean> =>
    chat.credentials
      .authenticate({ login, password, by: 'username', isFromMd5Client: client === 'md5 client' })
      .then(
        () => true,
        ({ code }: { code: string }) => {
          assert.equal(code, 'wrong_credentials')
          return false
        },
      )
  return {
    storedOf,
    isIn,
    register: (client: Client, username: string, password: string) =>
      chat.accounts.register({ username, password, isFromMd5Client: client === 'md5 client' }),
    /** An account as it was stored by servers that knew nothing of MD5. */
    olderAccount: (username: string, text: string) =>
      store.accounts.create({
        ...{ uuid: randomUUID(), username, displayName: username, email: null, at: clock.nowMicros() },
        passwordHash: hashOfText(text),
      }),
  }
}

test('registered with the MD5 of a password, an account opens by the password everywhere', async (t) => {
  const { register, isIn } = await open(t)
  await register('md5 client', 'ann', md5(PASSWORD))
  assert.equal(await isIn('md5 client', 'ann', md5(PASSWORD)), true)
  assert.equal(await isIn('other', 'ann', PASSWORD), true)
  assert.equal(await isIn('md5 client', 'ann', PASSWORD), true, 'a client of rooms that sends the password')
  for (const wrong of ['wrong', md5('wrong'), md5(md5(PASSWORD)), PASSWORD.toUpperCase()])
    for (const client of ['md5 client', 'other'] as const)
      assert.equal(await isIn(client, 'ann', wrong), false, `${client}: ${wrong}`)
})

test('registered with a password, an account opens by its MD5 where clients send that, and nowhere else', async (t) => {
  const { register, isIn } = await open(t)
  for (const client of ['md5 client', 'other'] as const) {
    await register(client, client, PASSWORD)
    assert.equal(await isIn('md5 client', client, md5(PASSWORD)), true)
    assert.equal(await isIn('md5 client', client, md5(PASSWORD).toUpperCase()), true)
    assert.equal(await isIn('md5 client', client, PASSWORD), true)
    assert.equal(await isIn('other', client, PASSWORD), true)
    assert.equal(await isIn('other', client, md5(PASSWORD)), false)
    assert.equal(await isIn('md5 client', client, md5('wrong')), false)
  }
})

test('a password that looks like an MD5 is a password all the same', async (t) => {
  const { register, isIn } = await open(t)
  const password = 'd131dd02c5e6eec4693d9a0698aff95c'
  for (const client of ['md5 client', 'other'] as const) {
    await register(client, client, password)
    for (const again of ['md5 client', 'other'] as const)
      assert.equal(await isIn(again, client, password), true, `${client}, ${again}`)
  }
  assert.equal(await isIn('md5 client', 'other', md5(password)), true)
  await register('md5 client', 'ann', md5(password))
  assert.equal(await isIn('other', 'ann', password), true)
})

test('nothing that is stored opens the account: neither a text of it, nor a digest in it', async (t) => {
  const { register, isIn, storedOf } = await open(t)
  await register('md5 client', 'ann', md5(PASSWORD))
  await register('other', 'bob', PASSWORD)
  for (const login of ['ann', 'bob']) {
    const stored = await storedOf(login)
    assert.match(stored, /^(\$argon2id(-md5)?\$v=19\$m=\d+,t=\d+,p=1\$[\w+/]{22}\$[\w+/]{43} ?)+$/)
    assert.ok(!stored.includes(md5(PASSWORD)))
    const digests = stored.split(/[$ ]/).map((part) => Buffer.from(part, 'base64').toString('hex'))
    for (const known of [stored, ...stored.split(' '), ...stored.split('$'), ...digests].filter(Boolean))
      for (const client of ['md5 client', 'other'] as const)
        assert.equal(await isIn(client, login, known), false)
  }
})

test('an account of before is in, and is known by both from then on', async (t) => {
  const { olderAccount, isIn, storedOf } = await open(t)
  await olderAccount('ann', PASSWORD)
  assert.equal(await isIn('md5 client', 'ann', md5(PASSWORD)), false, 'its MD5 has not been heard yet')
  assert.equal(await isIn('other', 'ann', PASSWORD), true)
  assert.equal(await isIn('md5 client', 'ann', md5(PASSWORD)), true)
  await olderAccount('bob', md5(PASSWORD))
  assert.equal(await isIn('other', 'bob', PASSWORD), false)
  assert.equal(await isIn('md5 client', 'bob', md5(PASSWORD)), true)
  const stored = await storedOf('bob')
  assert.equal(await isIn('other', 'bob', PASSWORD), true)
  assert.equal(await storedOf('bob'), stored, 'once is enough')
})

test('where no client sends MD5s, none is made or taken; an account registered with one stays in', async (t) => {
  const { register, isIn, storedOf, olderAccount } = await open(t, false)
  await register('other', 'ann', PASSWORD)
  assert.ok(!(await storedOf('ann')).includes('md5'))
  assert.equal(await isIn('md5 client', 'ann', md5(PASSWORD)), false)
  const [both, alone] = await Promise.all([
    new Passwords(CHEAP, true).hash(PASSWORD),
    new Passwords(CHEAP, true).hash(md5(PASSWORD), { isFromMd5Client: true }),
  ])
  const stored = new Passwords(CHEAP)
  assert.equal(await stored.prove(md5(PASSWORD), both, { isFromMd5Client: true }), 'refused')
  assert.equal(await stored.prove(PASSWORD, both), 'proved')
  for (const given of [PASSWORD, md5(PASSWORD)]) assert.equal(await stored.prove(given, alone), 'proved')
  await olderAccount('bob', PASSWORD)
  await isIn('other', 'bob', PASSWORD)
  assert.ok(!(await storedOf('bob')).includes('md5'))
})
