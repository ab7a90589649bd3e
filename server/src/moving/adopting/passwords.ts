import { type ForeignHash, readForeignPassword } from '../../lib/foreign-password.ts'
import type { Passwords } from '../../lib/password.ts'

/** KiB and passes multiplied: what is weaker than OWASP's floor of argon2id is wrapped like any other hash. */
const ARGON2ID_FLOOR = 35_840

/** A password as another program kept it: a hash, or the password itself. */
export interface KeptPassword {
  readonly kind: 'hash' | 'plain'
  readonly text: string
}

export type AdoptedPassword = { readonly stored: string | null } | { readonly lost: string }

/** The text to store of it. Without `passwords` nothing is computed, and nothing stored. */
export async function adoptPassword(
  { kind, text }: KeptPassword,
  passwords: Passwords | undefined,
): Promise<AdoptedPassword> {
  if (text === '') return { lost: 'it has no password' }
  // One front end of rooms sends the MD5 of a password as the password.
  if (kind === 'plain')
    return { stored: passwords ? await passwords.hash(text, { isFromMd5Client: true }) : null }
  const read = readForeignPassword(text)
  if (read === 'costly') return { lost: 'to check its hash once would cost more than a log-in may' }
  if (read === 'unknown') return { lost: 'its hash was made in a way that is not known' }
  if (isStrongArgon2id(read)) return { stored: text }
  return { stored: passwords ? await passwords.wrap(read) : null }
}

const isStrongArgon2id = ({ inner }: ForeignHash): boolean =>
  inner.kind === 'argon2' && inner.variant === 'argon2id' && inner.memory * inner.passes >= ARGON2ID_FLOOR
