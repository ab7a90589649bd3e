import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Passwords } from '../../src/lib/password.ts'
import { readConfig } from '../../src/server.ts'
import { CHEAP } from '../support/passwords.ts'

const PASSWORD = 'correct horse battery staple'

test("a server's hashes cost what OWASP asks at least", async () => {
  const hash = await new Passwords(readConfig({}).passwordCost).hash(PASSWORD)
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.notEqual(await new Passwords().hash(PASSWORD), hash, 'no two are alike')
})

test('a password is verified whatever its hash has cost', async () => {
  const cheap = await new Passwords(CHEAP).hash(PASSWORD)
  const passwords = new Passwords()
  assert.equal(await passwords.verify(PASSWORD, cheap), true)
  assert.equal(await passwords.verify(`${PASSWORD} `, cheap), false)
})

test('nothing is a password for no hash, or for what is none', async () => {
  const passwords = new Passwords()
  for (const hash of [undefined, '', PASSWORD, '$argon2id$v=19$m=8,t=1,p=1$$'])
    assert.equal(await passwords.verify(PASSWORD, hash), false)
})
