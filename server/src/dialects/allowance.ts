import { type Account, type Chat, ChatError } from '../core/chat.ts'
import { foldedName } from '../lib/name-forms.ts'
import { costOfPush, type Limits } from '../transport/index.ts'

/** Refuses 'rate_limited' unless there is nothing to wait for: `Limits.take` and `check` answer seconds. */
export function requireWithinLimit(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new ChatError('rate_limited', { retryAfterSeconds })
}

/** Whole seconds to wait before asking again, where a refusal tells. */
export function retryAfterOf(error: unknown): number {
  const seconds = error instanceof ChatError ? error.details.retryAfterSeconds : undefined
  return typeof seconds === 'number' ? seconds : 1
}

/** Members that are as much work as a small new conversation: each of them is looked up, written and told. */
const MEMBERS_PER_TOKEN = 100

/** Number of small conversations that a new one counts as, when each member is told `toldBytes` bytes. */
export const costOfCreation = (members: number, toldBytes = 0): number =>
  members / MEMBERS_PER_TOKEN + costOfPush(toldBytes)

/** Bytes of the names in news of a new conversation: all that a chatapp frame can name when it makes one fit. */
const MAX_NAMES_BYTES = 128 * 1024

/** The first names, as many as news of a new conversation lists, and their bytes in JSON. */
export function namesToTell(names: readonly string[]): { names: readonly string[]; bytes: number } {
  let bytes = 0
  for (const [n, name] of names.entries()) {
    const length = Buffer.byteLength(JSON.stringify(name)) + 1
    if (bytes + length > MAX_NAMES_BYTES) return { names: names.slice(0, n), bytes }
    bytes += length
  }
  return { names, bytes }
}

interface SignInAttempt {
  readonly login: string
  readonly password: string
  readonly by: 'username' | 'username or email'
  /** The client's address, as limits count it. */
  readonly from?: string
  /** See `Accounts.authenticate`. */
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
  // Fold the name: every spelling that finds the account must count as a guess at its password.
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
