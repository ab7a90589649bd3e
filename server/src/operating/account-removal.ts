import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { accountNamed } from './named.ts'

interface RemovalOrder {
  readonly settings: OperatorSettings
  readonly username: string
  /** `keep` or `delete`: whether the account's messages stay. */
  readonly messages: string
  /** Whether the operator has said that it is to be. */
  readonly isSure: boolean
}

/**
 * Removes an account for good, whether or not servers run: its log-ins, name and profile go at once. Servers, those that run
 * or the next that starts, take it out of its conversations and its messages away. Throws `CommandEnd`, `StoreRefusal`.
 */
export async function deleteAccount({ settings, username, messages, isSure }: RemovalOrder): Promise<void> {
  if (messages !== 'keep' && messages !== 'delete') throw new CommandEnd('--messages is keep or delete.')
  await operate(settings, async ({ audit, chat: { accounts, removals } }) => {
    const account = await accountNamed(accounts, username)
    const name = `${account.username} (account ${account.accountId})`
    const said = messages === 'keep' ? 'its messages stay, without its name' : 'its messages go'
    if (account.isGuest)
      throw new CommandEnd(`${name} is a guest: a guest that nobody uses any more goes by itself.`)
    if (!isSure)
      throw new CommandEnd(`Nothing was done. To delete ${name} for good, where ${said}, add --yes.`)
    await audit.record(
      { act: `accounts delete, messages: ${messages}`, subject: account.username },
      async () => {
        await removals.removeByOperator(account.accountId, messages)
      },
    )
    await answer(
      `${name} is deleted, and ${said}: running servers close its connections within two seconds and do the rest, or the next one that starts.\n`,
    )
  })
}
