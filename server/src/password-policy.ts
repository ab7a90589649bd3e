import type { Config } from './config/index.ts'
import { type PasswordPolicy, strictPasswords } from './core/chat.ts'
import { readCommonPasswords } from './lib/common-passwords.ts'

/** The policy of the settings; undefined if any password may be set. */
export const passwordPolicyOf = ({
  passwordPolicy,
}: Pick<Config, 'passwordPolicy'>): PasswordPolicy | undefined =>
  passwordPolicy === 'strict' ? strictPasswords(readCommonPasswords()) : undefined
