import { readFileSync } from 'node:fs'
import { type Account, type AccountId, type Accounts, ChatError } from '../core/chat.ts'
import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { newPassword } from '../lib/ids.ts'
import { type AccountSettings, openAccounts } from './endpoints.ts'

/** An operator's actions on an account. */
export type AccountAct = 'disable' | 'enable' | 'sign-out' | 'reset-password'

interface AccountOrder {
  readonly settings: AccountSettings
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
  const { accounts, close } = await openAccounts(settings)
  try {
    const account = await accounts.findForOperator(username)
    if (!account) throw new CommandEnd(`There is no account ${JSON.stringify(username)}.`)
    await tell(act, account, await carryOut(act, { accounts, account, passwordFrom }))
  } finally {
    await close()
  }
}

/** Where the answer is lost, the refusal says what was done all the same: nobody knows a password that was made. */
async function tell(act: AccountAct, { username }: Account, done: string): Promise<void> {
  try {
    await answer(`${done}\n`)
  } catch (error) {
    if (!(error instanceof CommandEnd)) throw error
    const again =
      act === 'reset-password' ? '; parlance accounts reset-password gives it another password' : ''
    const changed = `It was carried out nevertheless: ${act} of ${username}${again}.`
    throw new CommandEnd(`${error.message} ${changed}`, { cause: error })
  }
}

interface Subject {
  readonly accounts: Accounts
  readonly account: Account
  readonly passwordFrom: string | undefined
}

async function carryOut(act: AccountAct, { accounts, account, passwordFrom }: Subject): Promise<string> {
  const name = `${account.username} (account ${account.accountId})`
  switch (act) {
    case 'disable':
      await accounts.disable(account.accountId)
      return `${name} is disabled${account.isDisabled ? ', as it was before' : ''}: nobody can log in as it, ${OUT}.`
    case 'enable':
      await accounts.enable(account.accountId)
      return account.isDisabled
        ? `${name} is enabled: it can log in again, with the password that it had.`
        : `${name} is enabled, as it was before.`
    case 'sign-out':
      await accounts.revokeCredentials(account.accountId)
      return `${name} is signed out everywhere: ${OUT}.`
    case 'reset-password':
      return resetPassword({ accounts, account, passwordFrom }, name)
  }
}

const OUT = 'its sessions and tokens are void, and running servers close its connections within two seconds'

async function resetPassword({ accounts, account, passwordFrom }: Subject, name: string): Promise<string> {
  if (account.isGuest)
    throw new CommandEnd(`${name} is a guest, and a guest has no password: have its name registered instead.`)
  const given = passwordFrom === undefined ? undefined : readPassword(passwordFrom)
  const password = given ?? newPassword()
  await setPassword(accounts, account.accountId, password)
  const disabled = account.isDisabled ? ' It is disabled still: parlance accounts enable lets it in.' : ''
  const told = given === undefined ? ` Its new password: ${password}` : ''
  return `${name} has a new password: ${OUT}.${disabled}${told}`
}

async function setPassword(accounts: Accounts, accountId: AccountId, password: string): Promise<void> {
  try {
    await accounts.setPassword(accountId, password)
  } catch (error) {
    if (!(error instanceof ChatError && error.code === 'password_refused')) throw error
    throw new CommandEnd(
      'The password is too short or too common for PASSWORD_POLICY=strict: give one of at least 8 characters, or none to have one made.',
      { cause: error },
    )
  }
}

const STDIN = 0
/** Bytes of a password at most: more than any dialect takes. */
const MAX_PASSWORD_BYTES = 8_192

/** The password on the first line, without the mark that Windows puts before UTF-8. */
function readPassword(file: string): string {
  const text = decoded(readBytes(file), file)
  const [password = ''] = text.split(/\r?\n/, 1)
  if (password === '')
    throw new CommandEnd(`The first line of ${nameOf(file)} is empty: write the password there.`)
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES || password.includes('\0'))
    throw new CommandEnd(
      `The first line of ${nameOf(file)} is no password: write at most 2,047 characters there.`,
    )
  return password
}

/** Refuses bytes that are not UTF-8: nobody could type the characters that would replace them. */
function decoded(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new CommandEnd(`${nameOf(file)} is not UTF-8: write the password in that.`, { cause: error })
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? STDIN : file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandEnd(`The password cannot be read from ${nameOf(file)} (${reason}).`, { cause: error })
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : file)
