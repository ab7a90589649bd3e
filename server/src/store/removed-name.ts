import type { AccountId } from '../core/types.ts'
import { nameKey, nameLook } from '../lib/name-forms.ts'

interface Forms {
  readonly username: string
  readonly usernameKey: string
  readonly usernameLook: string
}

const formsOf = (username: string): Forms => ({
  username,
  usernameKey: nameKey(username),
  usernameLook: nameLook(username),
})

/** The name of a removed account, and one in its place: the prefix may be older than the rule that keeps it free. */
export const removedNames = (accountId: AccountId, uuid: string): readonly [Forms, Forms] => [
  formsOf(`deleted-${accountId}`),
  formsOf(`deleted-${accountId}-${uuid.slice(0, 8)}`),
]
