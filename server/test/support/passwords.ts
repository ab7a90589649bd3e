import { argon2Sync } from 'node:crypto'
import type { PasswordCost } from '../../src/lib/password.ts'

/** Hashing cost for test accounts. At the real cost, hashing takes a third of the dialect tests' processor time. */
export const CHEAP: PasswordCost = { memory: 8, passes: 1 }

const SALT = 'salt-of-16-bytes'

/** A hash as it was made by servers that took each password as it was typed. */
export function hashOfText(text: string): string {
  const { memory, passes } = CHEAP
  const cost = { memory, passes, parallelism: 1, tagLength: 32 }
  const tag = argon2Sync('argon2id', { message: text, nonce: SALT, ...cost })
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=1$${base64(Buffer.from(SALT))}$${base64(tag)}`
}
