import { readCommonPasswords } from '../lib/common-passwords.ts'
import { passwordForms } from '../lib/password-form.ts'
import { looksLikeMd5, md5Of } from '../lib/stored-password.ts'
import { codePointLength } from '../lib/text.ts'
import { ChatError } from './errors.ts'

/** Checks a new password. Refuses 'password_refused' (details.fault: 'short' or 'common', and details.minLength). */
export type PasswordPolicy = (password: string) => void

/** Code points of a password at least, counted once characters are composed. */
const MIN_LENGTH = 8

/**
 * Allows passwords of at least eight characters that are not common ones, in whatever case. A password that a client
 * sends as its MD5 is only compared with the common ones.
 */
export function strictPasswords(common: ReadonlySet<string>): PasswordPolicy {
  const digests = new Set([...common].map(md5Of))
  return (password) => {
    const [form] = passwordForms(password)
    const refused = (fault: string) => new ChatError('password_refused', { fault, minLength: MIN_LENGTH })
    if (codePointLength(form) < MIN_LENGTH) throw refused('short')
    const text = form.toLowerCase()
    if (common.has(text) || (looksLikeMd5(form) && digests.has(text))) throw refused('common')
  }
}

const MAX_LENGTH = 1_024

/** Made for the first password that is checked by it. */
let strict: PasswordPolicy | undefined

/** Checks a new password whatever the policy for others is. Refuses 'password_refused' (details.fault: 'long' too). */
export function requireStrong(password: string): void {
  if (codePointLength(password) > MAX_LENGTH)
    throw new ChatError('password_refused', { fault: 'long', maxLength: MAX_LENGTH, minLength: MIN_LENGTH })
  strict ??= strictPasswords(readCommonPasswords())
  strict(password)
}

/** The policy of that name; undefined if any password may be set. */
export const passwordPolicyOf = (name: 'any' | 'strict'): PasswordPolicy | undefined =>
  name === 'strict' ? strictPasswords(readCommonPasswords()) : undefined
