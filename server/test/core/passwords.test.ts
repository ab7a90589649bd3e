import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Passwords } from '../../src/lib/password.ts'
import { passwordForms } from '../../src/lib/password-form.ts'
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
  assert.equal(await passwords.prove(PASSWORD, cheap), 'proved')
  assert.equal(await passwords.prove(`${PASSWORD} `, cheap), 'refused')
})

test('nothing is a password for no hash, or for what is none', async () => {
  const passwords = new Passwords()
  for (const hash of [undefined, '', PASSWORD, '$argon2id$v=19$m=8,t=1,p=1$$'])
    assert.equal(await passwords.prove(PASSWORD, hash), 'refused')
})

/** Pairs of texts that are the same, as different keyboards and systems write them. */
const SAME: Readonly<Record<string, readonly [string, string]>> = {
  'composed and decomposed': ['Zoë’s café', 'Zoe\u0308’s cafe\u0301'],
  'syllables and their letters': ['비밀번호', '비밀번호'.normalize('NFD')],
  'the spaces of Japanese, French and ASCII': ['ひみつ\u3000no\u00a0kotoba', 'ひみつ no kotoba'],
}

test('a password is the same however its characters are composed, and whichever space is typed', async () => {
  const passwords = new Passwords(CHEAP)
  for (const [what, [one, other]] of Object.entries(SAME)) {
    assert.equal(await passwords.prove(other, await passwords.hash(one)), 'proved', what)
    assert.equal(await passwords.prove(one, await passwords.hash(other)), 'proved', what)
  }
})

test('case, compatibility forms and invisible characters still tell passwords apart', async () => {
  const passwords = new Passwords(CHEAP)
  const hash = await passwords.hash('Straße ２ ﬁn 👩‍💻')
  for (const other of [
    'straße ２ ﬁn 👩‍💻',
    'Strasse ２ ﬁn 👩‍💻',
    'Straße 2 ﬁn 👩‍💻',
    'Straße ２ fin 👩‍💻',
    'Straße ２ ﬁn 👩💻',
  ])
    assert.equal(await passwords.prove(other, hash), 'refused', other)
})

test('a password is one text for most people and never more than three, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (password) => {
      const forms = passwordForms(password)
      assert.ok(forms.length >= 1 && forms.length <= 3)
      assert.ok(forms.includes(password), 'what an older hash was made of')
      assert.deepEqual(passwordForms(forms[0]).slice(0, 1), forms.slice(0, 1), 'the form of a form is itself')
    }),
  )
  assert.deepEqual(passwordForms('correct horse \t battery'), ['correct horse \t battery'])
})

test('an endless run of accents in a password is never sorted', () => {
  const endless = `a${'\u0301\u0323'.repeat(60_000)}`
  assert.deepEqual(passwordForms(endless), [endless])
})
