import { type Account, type Chat, ChatError } from '../core/chat.ts'
import { foldedName } from '../lib/name-forms.ts'
import type { Limits } from '../transport/index.ts'
import { requireWithinLimit } from './rate-limit.ts'

interface SignInAttempt {
  readonly login: string
  readonly password: string
  readonly by: 'username' | 'username or email'
  /** The client's address, as limits count it. */
  readonly from?: string
  /** See `Credentials.authenticate`. */
  readonly isFromMd5Client?: boolean
}

/**
 * Proves who someone is, with the limit on wrong passwords per name. The token is taken before the
 * password is tried, or guesses side by side would all pass the check; a right password gives it back.
 * Refuses as `Credentials.authenticate` does, and 'rate_limited'.
 */
export async function signIn(
  { credentials }: Pick<Chat, 'credentials'>,
  limits: Limits,
  attempt: SignInAttempt,
): Promise<Account> {
  // Fold the name: every spelling that finds the account must count as a guess at its password.
  const name = foldedName(attempt.login)
  requireWithinLimit(limits.take('password', name))
  try {
    const account = await credentials.authenticate(attempt)
    limits.giveBack('password', name)
    return account
  } catch (error) {
    if (!(error instanceof ChatError && error.code === 'wrong_credentials')) limits.giveBack('password', name)
    throw error
  }
}
