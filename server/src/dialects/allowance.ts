import { type Account, type Chat, ChatError } from '../core/chat.ts'
import { foldedName } from '../lib/name-forms.ts'
import type { Limits } from '../transport/index.ts'

/** Refuses 'rate_limited' unless there is nothing to wait for: `Limits.take` and `check` answer seconds. */
export function requireWithinLimit(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new ChatError('rate_limited', { retryAfterSeconds })
}

/** Whole seconds to wait before asking again, where a refusal tells. */
export function retryAfterOf(error: unknown): number {
  const seconds = error instanceof ChatError ? error.details.retryAfterSeconds : undefined
  return typeof seconds === 'number' ? seconds : 1
}

interface SignInAttempt {
  readonly login: string
  readonly password: string
  readonly by: 'username' | 'username or email'
  /** The address it comes from, as limits count it. */
  readonly from?: string
  /** As `Accounts.authenticate` takes it. */
  readonly isFromMd5Client?: boolean
}

/**
 * Proves who someone is, with the limit on wrong passwords per name. The token is taken before the
 * password is tried, or guesses side by side would all pass the check; a right password gives it back.
 * Refuses as `Accounts.authenticate` does, and 'rate_limited'.
 */
export async function signIn(
  { accounts }: Pick<Chat, 'accounts'>,
  limits: Limits,
  attempt: SignInAttempt,
): Promise<Account> {
  // Every spelling that finds the account is a guess at its password.
  const name = foldedName(attempt.login)
  requireWithinLimit(limits.take('password', name))
  try {
    const account = await accounts.authenticate(attempt)
    limits.giveBack('password', name)
    return account
  } catch (error) {
    if (!(error instanceof ChatError && error.code === 'wrong_credentials')) limits.giveBack('password', name)
    throw error
  }
}
