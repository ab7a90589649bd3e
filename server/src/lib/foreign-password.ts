import { bcryptBytes } from './bcrypt.ts'
import { argon2Named, digestNamed, type InnerHash, isAffordable, lengthOf } from './inner-hash.ts'

/** A stored password of another server: how it was hashed, and the result. */
export interface ForeignHash {
  readonly inner: InnerHash
  readonly result: Buffer
}

/** 'costly': known, but dearer than is taken at a log-in. 'unknown': made in a way that is not known here. */
type ForeignPassword = ForeignHash | 'costly' | 'unknown'

/**
 * Reads what another server has stored of a password: werkzeug's pbkdf2 and scrypt, bcrypt (2a, 2b, 2y), and argon2 in
 * PHC form. Never takes a text for the password itself.
 */
export function readForeignPassword(stored: string): ForeignPassword {
  const read = readPbkdf2(stored) ?? readScrypt(stored) ?? readBcrypt(stored) ?? readArgon2(stored)
  if (!read) return 'unknown'
  if (!isAffordable(read.inner)) return 'costly'
  return read.result.length === lengthOf(read.inner) ? read : 'unknown'
}

/** werkzeug takes the salt's characters themselves, and writes the hash in hex. */
const PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]{1,256})\$((?:[0-9a-f]{2})+)$/
const SCRYPT = /^scrypt:(\d{1,9}):(\d{1,4}):(\d{1,4})\$([^$]{1,256})\$((?:[0-9a-f]{2})+)$/
const BCRYPT = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/
const ARGON2 =
  /^\$(argon2i|argon2d|argon2id)\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,4})\$([A-Za-z0-9+/]{1,1400})\$([A-Za-z0-9+/]{1,200})$/

function readPbkdf2(stored: string): ForeignHash | undefined {
  const [, name, rounds, salt = '', result = ''] = PBKDF2.exec(stored) ?? []
  const digest = digestNamed(name)
  return (
    digest && {
      inner: { kind: 'pbkdf2', digest, rounds: Number(rounds), salt: Buffer.from(salt) },
      result: Buffer.from(result, 'hex'),
    }
  )
}

function readScrypt(stored: string): ForeignHash | undefined {
  const [, n, r, p, salt = '', result = ''] = SCRYPT.exec(stored) ?? []
  if (n === undefined) return undefined
  const inner = { kind: 'scrypt', n: Number(n), r: Number(r), p: Number(p), salt: Buffer.from(salt) } as const
  return { inner, result: Buffer.from(result, 'hex') }
}

function readBcrypt(stored: string): ForeignHash | undefined {
  const [, cost, salt = '', result = ''] = BCRYPT.exec(stored) ?? []
  return cost === undefined
    ? undefined
    : { inner: { kind: 'bcrypt', cost: Number(cost), salt }, result: bcryptBytes(result) }
}

function readArgon2(stored: string): ForeignHash | undefined {
  const [, name, memory, passes, lanes, salt = '', tag = ''] = ARGON2.exec(stored) ?? []
  const variant = argon2Named(name)
  if (!variant) return undefined
  const result = Buffer.from(tag, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  const made = { length: result.length, salt: Buffer.from(salt, 'base64') }
  return { inner: { kind: 'argon2', variant, ...cost, ...made }, result }
}
