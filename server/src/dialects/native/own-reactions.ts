import type { OwnReactions } from '@parlance/protocol'
import type { AccountId, Chat, MessageDetails } from '../../core/chat.ts'
import { conversationName } from './names.ts'

type Reactions = Pick<Chat['reactions'], 'listOwn'>

/** The account's own reactions among messages of one conversation that follow one another. */
export async function ownAmong(
  reactions: Reactions,
  accountId: AccountId,
  items: readonly MessageDetails[],
): Promise<OwnReactions> {
  const [first] = items
  const last = items.at(-1)
  if (!first || !last || items.every(({ reactions: all }) => all.length === 0)) return {}
  const places = { first: first.seq, last: last.seq }
  const own: Record<string, string[]> = {}
  for (const { seq, key } of await reactions.listOwn(accountId, first.conversationId, places)) {
    const keys = own[seq] ?? []
    keys.push(key)
    own[seq] = keys
  }
  return own
}

/** As `ownAmong`, of messages from anywhere, by their conversations. */
export async function ownByConversation(
  reactions: Reactions,
  accountId: AccountId,
  items: readonly MessageDetails[],
): Promise<Record<string, OwnReactions>> {
  const own: Record<string, OwnReactions> = {}
  const reacted = items.filter((item) => item.reactions.length > 0)
  if (reacted.length === 0) return own
  const found = await Promise.all(
    reacted.map(async (item) => [item, await ownAmong(reactions, accountId, [item])] as const),
  )
  for (const [{ conversationId }, ofOne] of found) {
    const name = conversationName(conversationId)
    if (Object.keys(ofOne).length > 0) own[name] = { ...own[name], ...ofOne }
  }
  return own
}

/** As `ownAmong`, of messages of one conversation that need not follow one another. */
export async function ownOfSome(
  reactions: Reactions,
  accountId: AccountId,
  items: readonly MessageDetails[],
): Promise<OwnReactions> {
  const found = await Promise.all(items.map((item) => ownAmong(reactions, accountId, [item])))
  return Object.assign({}, ...found)
}
