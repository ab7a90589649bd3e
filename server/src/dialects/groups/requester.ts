import type { Account } from '../../core/chat.ts'
import { isSameName } from '../../lib/name-forms.ts'
import { Refusal, userNotAuthorized } from './errors.ts'
import type { Fields } from './fields.ts'
import type { Identity } from './identity.ts'
import type { Session } from './session.ts'

/** The account that a request speaks for; undefined when there is none. Binds an unbound socket to it. */
export async function accountOf(
  fields: Fields,
  { identity, session }: { identity: Identity; session: Session },
): Promise<Account | undefined> {
  const username = fields.text('username')
  const bound = boundAccount(username, session)
  if (bound) return bound
  const account = await identity.prove(username, passwordIn(fields), session.connection.address)
  if (account) await session.bind(account)
  return account
}

/** Undefined when the socket is not bound. Refuses another name than the one it is bound to. */
export function boundAccount(username: string, { account }: Session): Account | undefined {
  if (account && !isSameName(account.username, username))
    throw new Refusal(userNotAuthorized('Not your username.'))
  return account
}

/** Beyond the protocol: for a name that has one. */
export const passwordIn = (fields: Fields): string | undefined => fields.optionalText('password')
