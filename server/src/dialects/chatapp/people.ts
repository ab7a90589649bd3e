import { Json, writeList } from '../../answers/index.ts'
import type { Account } from '../../core/chat.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import { nameKey } from '../../lib/name-forms.ts'
import { isCleanText } from '../../lib/text.ts'
import { inWords, refuse } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { userOf } from './wire.ts'

const noSuchUser = (username: string): string => `no such user '${username}' exists`

export async function self({ chat, account }: RequestContext) {
  const current = (await chat.accounts.find(account.accountId)) ?? refuse(noSuchUser(account.username))
  return describe({ chat }, current)
}

export async function addContact({ chat, account }: RequestContext, fields: JsonObject) {
  const name = own(fields, 'contact_username')
  if (typeof name !== 'string') refuse('invalid contact_username, expected a string')
  if (nameKey(name) === nameKey(account.username)) refuse('cannot add itself as a contact')
  const contact = (await findVisible({ chat, account }, name)) ?? refuse(noSuchUser(name))
  try {
    await chat.contacts.add(account.accountId, contact.accountId)
  } catch (error) {
    throw inWords(error, {
      unknown_account: noSuchUser(name),
      already_a_contact: `'${name}' is already a contact`,
    })
  }
  return { message: `'${name}' successfully added`, contact: await describe({ chat }, contact) }
}

export async function getContacts({ chat, account }: RequestContext) {
  const contacts = await chat.contacts.list(account.accountId)
  const names = await writeList(contacts.map(({ username }) => username))
  return new Json(`{"message":"got all the contacts","contacts":${names}}`)
}

/** The account of that name, if the requester may talk to it. */
export async function findVisible(
  { chat, account }: Pick<RequestContext, 'chat' | 'account'>,
  username: string,
): Promise<Account | undefined> {
  // A lone surrogate would reach the store as another character, and find another account.
  return isCleanText(username) ? chat.accounts.findVisible(account.accountId, { username }) : undefined
}

const describe = async ({ chat }: Pick<RequestContext, 'chat'>, account: Account) =>
  userOf(account, await chat.presence.isOnline(account.accountId))
