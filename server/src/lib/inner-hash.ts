import { argon2, pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { bcryptOf } from './bcrypt.ts'

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify(scrypt) as (
  text: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>
const argon2Async = promisify(argon2)

/**
 * How another server hashed a password, without the result. Beside each number is the most that is taken: what is proved at a
 * log-in must cost about a second of one processor, and 256 MiB, at most.
 */
export type InnerHash =
  /** Up to 2,000,000 rounds. */
  | { readonly kind: 'pbkdf2'; readonly digest: Digest; readonly rounds: number; readonly salt: Buffer }
  /** Up to 128 MiB, and 16 times the work of the usual N 32768, r 8, p 1. */
  | {
      readonly kind: 'scrypt'
      readonly n: number
      readonly r: number
      readonly p: number
      readonly salt: Buffer
    }
  /** Up to 14, each the double of the one before; the salt is in bcrypt's own 22 characters. */
  | { readonly kind: 'bcrypt'; readonly cost: number; readonly salt: string }
  /** Memory in KiB, up to 256 MiB, and up to 2 GiB in all passes together. */
  | {
      readonly kind: 'argon2'
      readonly variant: Argon2
      readonly memory: number
      readonly passes: number
      readonly lanes: number
      readonly length: number
      readonly salt: Buffer
    }

const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const
type Digest = keyof typeof DIGEST_BYTES
const ARGON2 = ['argon2i', 'argon2d', 'argon2id'] as const
type Argon2 = (typeof ARGON2)[number]

const SCRYPT_BYTES = 64
const MAX_SALT_BYTES = 1024

/** Bytes of the hash that an `InnerHash` makes: what another server stored has as many, or was made in another way. */
export function lengthOf(inner: InnerHash): number {
  if (inner.kind === 'pbkdf2') return DIGEST_BYTES[inner.digest]
  if (inner.kind === 'argon2') return inner.length
  return inner.kind === 'scrypt' ? SCRYPT_BYTES : 23
}

/** Whether it costs no more than is taken at a log-in. */
export function isAffordable(inner: InnerHash): boolean {
  if (inner.kind === 'bcrypt') return isWithin(inner.cost, 4, 14) && /^[./A-Za-z0-9]{22}$/.test(inner.salt)
  if (inner.salt.length > MAX_SALT_BYTES) return false
  if (inner.kind === 'pbkdf2') return isWithin(inner.rounds, 1, 2_000_000)
  if (inner.kind === 'scrypt') {
    const { n, r, p } = inner
    const isShaped = isWithin(n, 2, 2 ** 20) && Number.isInteger(Math.log2(n)) && isWithin(r, 1, 64)
    return isShaped && isWithin(p, 1, 64) && 128 * n * r <= 2 ** 27 && n * r * p <= 2 ** 22
  }
  const { memory, passes, lanes, length, salt } = inner
  const isShaped = isWithin(lanes, 1, 64) && isWithin(length, 16, 128) && salt.length >= 8
  return (
    isShaped && isWithin(memory, 8 * lanes, 2 ** 18) && isWithin(passes, 1, 64) && memory * passes <= 2 ** 21
  )
}

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most

/** The hash of a password, made as the other server did. Only of what is affordable. */
export function innerHashOf(password: string, inner: InnerHash): Promise<Buffer> {
  const length = lengthOf(inner)
  switch (inner.kind) {
    case 'pbkdf2':
      return pbkdf2Async(password, inner.salt, inner.rounds, length, inner.digest)
    case 'scrypt': {
      const { n, r, p, salt } = inner
      return scryptAsync(password, salt, length, { N: n, r, p, maxmem: 128 * r * (n + p) + 2 ** 20 })
    }
    case 'bcrypt':
      return bcryptOf(password, inner)
    case 'argon2': {
      const { variant, memory, passes, lanes, salt } = inner
      const options = { nonce: salt, tagLength: length, memory, passes, parallelism: lanes }
      return argon2Async(variant, { message: password, ...options })
    }
  }
}

/** As it stands in a stored password: one word without `$`. */
export function writeInner(inner: InnerHash): string {
  if (inner.kind === 'bcrypt') return ['bcrypt', inner.cost, inner.salt].join(',')
  const salt = inner.salt.toString('base64url')
  if (inner.kind === 'pbkdf2') return ['pbkdf2', inner.digest, inner.rounds, salt].join(',')
  if (inner.kind === 'scrypt') return ['scrypt', inner.n, inner.r, inner.p, salt].join(',')
  return [inner.variant, inner.memory, inner.passes, inner.lanes, inner.length, salt].join(',')
}

/** Undefined: none that is known, or one that is not affordable. */
export function readInner(text: string): InnerHash | undefined {
  const inner = parsed(text.split(','))
  return inner && isAffordable(inner) ? inner : undefined
}

function parsed([kind = '', ...rest]: readonly string[]): InnerHash | undefined {
  const salt = Buffer.from(rest.at(-1) ?? '', 'base64url')
  const [one = Number.NaN, two = Number.NaN, three = Number.NaN, four = Number.NaN] = rest.map(Number)
  if (kind === 'bcrypt') return { kind, cost: one, salt: rest[1] ?? '' }
  if (kind === 'scrypt') return { kind, n: one, r: two, p: three, salt }
  const variant = ARGON2.find((name) => name === kind)
  if (variant) return { kind: 'argon2', variant, memory: one, passes: two, lanes: three, length: four, salt }
  const digest = digestNamed(rest[0])
  return kind === 'pbkdf2' && digest ? { kind, digest, rounds: two, salt } : undefined
}

export const digestNamed = (name: string | undefined): Digest | undefined =>
  name !== undefined && Object.hasOwn(DIGEST_BYTES, name) ? (name as Digest) : undefined

export const argon2Named = (name: string | undefined): Argon2 | undefined =>
  ARGON2.find((known) => known === name)
