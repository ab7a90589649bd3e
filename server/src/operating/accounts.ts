import {
  type Account,
  type AccountId,
  type Accounts,
  ChatError,
  type Credentials,
  faultWords,
} from '../core/chat.ts'
import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { newPassword } from '../lib/ids.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { accountNamed } from './named.ts'
import { readPassword } from './password-file.ts'

/** An operator's actions on an account. */
export type AccountAct =
  | 'add'
  | 'disable'
  | 'enable'
  | 'sign-out'
  | 'reset-password'
  | 'make-admin'
  | 'revoke-admin'

interface AccountOrder {
  readonly settings: OperatorSettings
  readonly act: AccountAct
  /** The username in any case, as people type it. */
  readonly username: string
  /** The file with the new password, '-' for standard input; without it a password is made and printed. */
  readonly passwordFrom?: string | undefined
}

/**
 * Changes an account, whether or not servers run, and says on standard output what was done. Running servers close
 * the account's connections within two seconds. Throws `CommandEnd`, `StoreRefusal`.
 */
export async function changeAccount({ settings, act, username, passwordFrom }: AccountOrder): Promise<void> {
  await operate(settings, async ({ audit, chat: { accounts, credentials } }) => {
    const noted = { act: `accounts ${act}`, subject: username }
    const { account, done } = await audit.record(noted, async () => {
      if (act === 'add') return add(accounts, username, passwordFrom)
      const account = await accountNamed(accounts, username)
      return { account, done: await carryOut(act, { accounts, credentials, account, passwordFrom }) }
    })
    await tell(act, account, done)
  })
}

/** Where the answer is lost, the refusal says what was done all the same: nobody knows a password that was made. */
async function tell(act: AccountAct, { username }: Account, done: string): Promise<void> {
  try {
    await answer(`${done}\n`)
  } catch (error) {
    if (!(error instanceof CommandEnd)) throw error
    const hasPassword = act === 'reset-password' || act === 'add'
    const again = hasPassword ? '; parlance accounts reset-password gives it another password' : ''
    const changed = `It was carried out nevertheless: ${act} of ${username}${again}.`
    throw new CommandEnd(`${error.message} ${changed}`, { cause: error })
  }
}

interface Subject {
  readonly accounts: Accounts
  readonly credentials: Credentials
  readonly account: Account
  readonly passwordFrom: string | undefined
}

async function carryOut(
  act: Exclude<AccountAct, 'add'>,
  { accounts, credentials, account, passwordFrom }: Subject,
): Promise<string> {
  const name = `${account.username} (account ${account.accountId})`
  switch (act) {
    case 'disable':
      await credentials.disable(account.accountId)
      return `${name} is disabled${account.isDisabled ? ', as it was before' : ''}: nobody can log in as it, ${OUT}.`
    case 'enable':
      await credentials.enable(account.accountId)
      return account.isDisabled
        ? `${name} is enabled: it can log in again, with the password that it had.`
        : `${name} is enabled, as it was before.`
    case 'sign-out':
      await credentials.revoke(account.accountId)
      return `${name} is signed out everywhere: ${OUT}.`
    case 'reset-password':
      return resetPassword({ credentials, account, passwordFrom }, name)
    case 'make-admin':
      return makeAdmin(accounts, account, name)
    case 'revoke-admin':
      await accounts.setAdmin(account.accountId, false)
      return account.isAdmin
        ? `${name} is no administrator any more; its sessions go on.`
        : `${name} is no administrator, as it was none before.`
  }
}

async function makeAdmin(accounts: Accounts, account: Account, name: string): Promise<string> {
  if (account.isGuest)
    throw new CommandEnd(`${name} is a guest, whom everybody can be: have its name registered first.`)
  if (account.passwordHash === null) throw new CommandEnd(`${name} is deleted, and nobody can log in as it.`)
  await accounts.setAdmin(account.accountId, true)
  const disabled = account.isDisabled ? ' It is disabled: parlance accounts enable lets it in.' : ''
  return `${name} is an administrator of this server${account.isAdmin ? ', as it was before' : ''}.${disabled}`
}

const OUT = 'its sessions and tokens are void, and running servers close its connections within two seconds'

async function resetPassword(
  { credentials, account, passwordFrom }: Omit<Subject, 'accounts'>,
  name: string,
): Promise<string> {
  if (account.isGuest)
    throw new CommandEnd(`${name} is a guest, and a guest has no password: have its name registered instead.`)
  const given = passwordFrom === undefined ? undefined : readPassword(passwordFrom)
  const password = given ?? newPassword()
  await setPassword(credentials, account.accountId, password)
  const disabled = account.isDisabled ? ' It is disabled still: parlance accounts enable lets it in.' : ''
  const told = given === undefined ? ` Its new password: ${password}` : ''
  return `${name} has a new password: ${OUT}.${disabled}${told}`
}

/** Makes an account, also where registration is closed. */
async function add(
  accounts: Accounts,
  username: string,
  passwordFrom: string | undefined,
): Promise<{ readonly account: Account; readonly done: string }> {
  const given = passwordFrom === undefined ? undefined : readPassword(passwordFrom)
  const password = given ?? newPassword()
  const account = await inSentences(accounts.register({ username, password }), username)
  const told = given === undefined ? ` Its password: ${password}` : ''
  return { account, done: `${account.username} is account ${account.accountId} now.${told}` }
}

/** Refuses a name in a sentence. */
async function inSentences<T>(work: Promise<T>, username: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    const name = JSON.stringify(username)
    const { code, details } = error
    if (code === 'name_taken' || code === 'email_taken')
      throw new CommandEnd(`${name} is taken, or looks like a name that is: choose another.`, {
        cause: error,
      })
    if (code === 'name_refused') {
      const words = faultWords(details)
      throw new CommandEnd(
        `${name} can be no name: write one ${words ? `without ${words}` : 'that can be seen'}.`,
        {
          cause: error,
        },
      )
    }
    throw passwordSentence(error)
  }
}

async function setPassword(credentials: Credentials, accountId: AccountId, password: string): Promise<void> {
  try {
    await credentials.setPassword(accountId, password)
  } catch (error) {
    throw passwordSentence(error)
  }
}

/** The refusal of a weak password; any other error as it is. */
const passwordSentence = (error: unknown): unknown =>
  error instanceof ChatError && error.code === 'password_refused'
    ? new CommandEnd(
        'The password is too short or too common for PASSWORD_POLICY=strict: give one of at least 8 characters, or none to have one made.',
        { cause: error },
      )
    : error
