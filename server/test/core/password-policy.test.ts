import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { strictPasswords } from '../../src/core/password-policy.ts'
import { readCommonPasswords } from '../../src/lib/common-passwords.ts'

const common = readCommonPasswords()
const refuse = strictPasswords(common)
const faultOf = (password: string): unknown => {
  try {
    refuse(password)
    return undefined
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && 'details' in error)
    assert.equal(error.code, 'password_refused')
    return Reflect.get(Object(error.details), 'fault')
  }
}

test('the file of common passwords has 3,000 and says where they are from', () => {
  const text = readFileSync(new URL('../../src/lib/common-passwords.txt', import.meta.url), 'utf8')
  assert.equal(common.size, 3000)
  assert.equal(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length, 3000)
  assert.match(text, /^# .*\n# Source: /)
  for (const password of common) assert.equal(password, password.trim().normalize('NFC').toLowerCase())
})

test('a strict password has eight characters, however many bytes or marks they are', () => {
  for (const short of [
    'xyz',
    'x7!kq2',
    '1234567',
    'zoé-éé',
    'é'.normalize('NFD').repeat(7),
    '🦊🦊🦊🦊',
    '비밀번호'.normalize('NFD'),
  ])
    assert.equal(faultOf(short), 'short', short)
  for (const long of [
    'x7!kq2pp',
    'é'.normalize('NFD').repeat(8),
    '🦊'.repeat(8),
    'correct horse',
    ' '.repeat(8),
  ])
    assert.equal(faultOf(long), undefined, long)
})

test('a strict password is none of the commonest, in any case, nor the MD5 of one', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  for (const known of [
    'password',
    'PassWord',
    '12345678',
    'iloveyou',
    'qwertyuiop',
    'ＰＡＳＳＷＯＲＤ'.normalize('NFKC'),
  ])
    assert.equal(faultOf(known), 'common', known)
  assert.equal(faultOf(md5('password')), 'common')
  assert.equal(faultOf(md5('xyz123').toUpperCase()), undefined)
  assert.equal(faultOf(md5('a rare one')), undefined)
})
