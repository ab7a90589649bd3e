import { type Account, type Chat, ChatError } from '../../core/chat.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { signIn as prove } from '../sign-in.ts'
import { HttpRefusal, INSERT_FAILED } from './errors.ts'

/** Code points. */
const MAX_LENGTHS = { username: 255, password: 2047, fullname: 255 } as const

type FieldName = keyof typeof MAX_LENGTHS

interface Parts {
  readonly chat: Chat
  readonly limits: Limits
}

/** Makes an account. */
export async function signUp(fields: JsonObject, address: string, { chat, limits }: Parts): Promise<void> {
  const { username, password, fullname } = parseTexts(fields, ['username', 'password', 'fullname'])
  requireWithinLimit(limits.take('register', address))
  try {
    await chat.accounts.register({ username, password, displayName: fullname, from: address })
  } catch (error) {
    if (error instanceof ChatError && error.code !== 'unavailable') throw error
    throw new HttpRefusal(INSERT_FAILED.status, INSERT_FAILED.text, { cause: error })
  }
}

/** Finds the account that a name and a password prove. */
export async function signIn(fields: JsonObject, address: string, { chat, limits }: Parts): Promise<Account> {
  const { username, password } = parseFilled(fields, ['username', 'password'])
  requireWithinLimit(limits.take('login', address))
  // Nobody registered such texts; to the store a lone surrogate would be another character.
  if (!isPossible(username) || !isCleanText(password)) throw new ChatError('wrong_credentials')
  return prove(chat, limits, { login: username, password, by: 'username', from: address })
}

const isPossible = (username: string): boolean =>
  isCleanText(username) && username.length <= 2 * MAX_LENGTHS.username

type Texts<Name extends FieldName> = Readonly<Record<Name, string>>

/** Each kind of check runs over all fields before the next: the wire promises which error comes first. */
function parseFilled<Name extends FieldName>(fields: JsonObject, names: readonly Name[]): Texts<Name> {
  const refuseIf = (is: (name: Name) => boolean, why: string) => refuseFirst(names, is, why)
  refuseIf((name) => !Object.hasOwn(fields, name), 'required')
  refuseIf((name) => typeof own(fields, name) !== 'string', 'should be a string')
  refuseIf((name) => own(fields, name) === '', 'should not be empty')
  return Object.fromEntries(names.map((name) => [name, own(fields, name)])) as Texts<Name>
}

function parseTexts<Name extends FieldName>(fields: JsonObject, names: readonly Name[]): Texts<Name> {
  const texts = parseFilled(fields, names)
  refuseFirst(names, (name) => !isCleanText(texts[name]), 'should be without NUL and lone surrogates')
  for (const name of names) {
    const max = MAX_LENGTHS[name]
    if (composedLength(texts[name]) > max) {
      throw new HttpRefusal(400, `${name} should be at most ${max} characters long`)
    }
  }
  return texts
}

function refuseFirst<Name extends string>(
  names: readonly Name[],
  is: (name: Name) => boolean,
  why: string,
): void {
  const wrong = names.find(is)
  if (wrong !== undefined) throw new HttpRefusal(400, `${wrong} ${why}`)
}
