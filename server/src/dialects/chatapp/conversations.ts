import { setImmediate } from 'node:timers/promises'
import { Json, writeList } from '../../answers/index.ts'
import {
  type Account,
  type AccountId,
  type ConversationId,
  nameFault,
  newName,
  toConversationId,
} from '../../core/chat.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import { codePointLength, composedLength, isCleanText } from '../../lib/text.ts'
import { costOfCreation, namesToTell } from '../rate-limit.ts'
import { inWords, refuse } from './errors.ts'
import { findVisible } from './people.ts'
import { type RequestContext, standingOf } from './request-context.ts'
import { isInteger, nameOf } from './wire.ts'

/** Code points of a conversation's name. */
const MAX_NAME_LENGTH = 255
/** Names that one request may list. */
const MAX_MEMBERS = 2_000

/** How many small conversations the making of this one counts as. */
export function costOfConversation(fields: JsonObject): number {
  const members = own(fields, 'members')
  if (!Array.isArray(members)) return 1
  const names = members.filter((member) => typeof member === 'string')
  return costOfCreation(Math.min(names.length, MAX_MEMBERS), namesToTell(names).bytes)
}

// Names looked up between two turns of the event loop.
const LOOKUPS_PER_TURN = 100

const notAUsername = (name: string): string => `'${name}' is not a valid username`

/** The audience carries the answer: the creator is in it like every other member. */
export async function createConversation(context: RequestContext, fields: JsonObject): Promise<undefined> {
  const { chat, account } = context
  const name = parseName(fields)
  const members = await findMembers(context, parseMembers(fields))
  try {
    await chat.conversations.createGroup(account.accountId, [...members.keys()], name ?? madeOf(members))
  } catch (error) {
    throw inWords(error, {
      unknown_account: ({ accountId }) => notAUsername(nameAmong(members, accountId)),
    })
  }
}

export async function getConversations({ chat, account }: RequestContext) {
  const listed = await chat.conversations.listNames(account.accountId)
  const names = listed.toSorted((one, other) => other.activityAt - one.activityAt)
  return new Json(
    await writeList(names, (each) =>
      JSON.stringify({ id: each.conversationId, name: nameOf(each, each.otherName) }),
    ),
  )
}

export async function getConversationInfo(context: RequestContext, fields: JsonObject) {
  const { chat, account } = context
  const id = own(fields, 'id')
  if (!isInteger(id)) refuse('id is required as int')
  const notMine = () => `${account.username} is not part of any conversation with ${id} id`
  const { conversation } = await standingOf(context, toConversationId(id), notMine)
  const { conversationId, updatedAt } = conversation
  // `updatedAt` moves with the members, and not with messages.
  const members = await context.cache.get(`members ${conversationId}`, String(updatedAt), async () => {
    const listed = await chat.conversations.members(conversationId)
    return new Json(await writeList(listed.map(({ username }) => username)))
  })
  const name = conversation.kind === 'private' ? await otherNameIn(context, conversationId) : null
  const head = JSON.stringify({ id: conversationId, name: nameOf(conversation, name) })
  return new Json(`${head.slice(0, -1)},"members":${members.text}}`)
}

async function otherNameIn(
  { chat, account }: RequestContext,
  conversationId: ConversationId,
): Promise<string | null> {
  const members = await chat.conversations.members(conversationId)
  return members.find(({ accountId }) => accountId !== account.accountId)?.username ?? null
}

function parseName(fields: JsonObject): string | undefined {
  if (!Object.hasOwn(fields, 'name')) return undefined
  const { name } = fields
  if (typeof name !== 'string' || name === '') refuse('name value expected as a non zero string')
  if (!isCleanText(name)) refuse('name value expected without NUL and lone surrogates')
  if (composedLength(name) > MAX_NAME_LENGTH) {
    refuse(`name value expected with at most ${MAX_NAME_LENGTH} characters`)
  }
  return newName(name, 'conversationName')
}

/** Without repeats. */
function parseMembers(fields: JsonObject): ReadonlySet<string> {
  const members = own(fields, 'members')
  if (!Array.isArray(members)) refuse('members value expected a list')
  if (!members.every((member) => typeof member === 'string')) refuse('members should be a list of string')
  const names = new Set(members)
  if (names.size > MAX_MEMBERS) refuse(`members should be at most ${MAX_MEMBERS}`)
  return names
}

/** Self first, then the others as named. */
async function findMembers(
  context: RequestContext,
  names: ReadonlySet<string>,
): Promise<Map<AccountId, Account>> {
  const { account } = context
  const members = new Map([[account.accountId, account]])
  let lookups = 0
  for (const name of names) {
    // A full list takes milliseconds, in which others have their turn.
    if (++lookups % LOOKUPS_PER_TURN === 0) await setImmediate()
    const member = (await findVisible(context, name)) ?? refuse(notAUsername(name))
    members.set(member.accountId, member)
  }
  return members
}

const nameAmong = (members: ReadonlyMap<AccountId, Account>, accountId: unknown): string =>
  [...members.values()].find((member) => member.accountId === accountId)?.username ?? String(accountId)

/** The members' names, as many as fit, without those from before names had to be visible. Null when none is left. */
function madeOf(members: ReadonlyMap<AccountId, Account>): string | null {
  const names = [...members.values()].map(({ username }) => username)
  const [first, ...rest] = names.filter((username) => nameFault(username, 'conversationName') === undefined)
  if (first === undefined) return null
  let name = first
  for (const username of rest) {
    const longer = `${name}, ${username}`
    if (codePointLength(longer) > MAX_NAME_LENGTH - 1) return `${name}…`
    name = longer
  }
  return name
}
