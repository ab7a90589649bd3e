import type { Account, Accounts, Conversation, Conversations } from '../core/chat.ts'
import { toConversationId } from '../core/chat.ts'
import { CommandEnd } from '../lib/command-end.ts'

/** The account of that username, in any case. Throws `CommandEnd`. */
export async function accountNamed(accounts: Accounts, username: string): Promise<Account> {
  const account = await accounts.findForOperator(username)
  if (!account) throw new CommandEnd(`There is no account ${JSON.stringify(username)}.`)
  return account
}

/** The conversation of that id (5, or `c_5` as native has it), `gid`, or name if it is an open one. Throws `CommandEnd`. */
export async function conversationNamed(conversations: Conversations, name: string): Promise<Conversation> {
  const digits = /^(?:c_)?([1-9]\d{0,14})$/.exec(name)?.[1]
  const id = digits === undefined ? undefined : toConversationId(Number(digits))
  const found =
    (id !== undefined && (await conversations.find(id))) || (await conversations.findByGidOrName(name))
  if (found) return found
  throw new CommandEnd(
    `There is no conversation ${JSON.stringify(name)}: give its id, its gid, or the name of an open one.`,
  )
}
