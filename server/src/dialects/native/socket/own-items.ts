import type * as Wire from '@parlance/protocol'
import {
  type AccountId,
  type Chat,
  type ConversationId,
  type OwnListing,
  toAccountId,
  toConversationId,
} from '../../../core/chat.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { accountName, conversationName } from '../names.ts'
import { listingOf, ownAccountOf, personOf, readStateOf } from '../wire.ts'
import type { Listings } from './listings.ts'

export type StateRow = Awaited<ReturnType<Chat['accountState']['since']>>[number]
type Item = Wire.AccountNewsItem

export interface OwnItems {
  readonly items: readonly Item[]
  readonly own: Wire.OwnOfListings
  /** The last change of each conversation that a `joined` shows. */
  readonly shown: ReadonlyMap<ConversationId, number>
}

export interface OwnItemsParts {
  readonly chat: Pick<Chat, 'accounts' | 'profiles'>
  readonly listings: Listings
}

/** The conversation that a row is about; undefined where it is about something else. */
export const conversationOfRow = ({ kind, key }: StateRow): ConversationId | undefined =>
  kind === 'membership' || kind === 'read' || kind === 'mention' ? conversationIn(key) : undefined

const conversationIn = (key: string): ConversationId => toConversationId(Number(key.split(':')[0]))

/**
 * Rows of an account's own state as the client is told of them, each as it is now. A row whose conversation has been left
 * by now is left out: a later one tells of that. `isKnown` says whether the client knows a conversation already.
 */
export async function ownItemsOf(
  { chat, listings }: OwnItemsParts,
  {
    accountId,
    rows,
    isKnown,
  }: {
    readonly accountId: AccountId
    readonly rows: readonly StateRow[]
    readonly isKnown: (conversationId: ConversationId) => boolean
  },
): Promise<OwnItems> {
  const asked = new Set(rows.flatMap((row) => (row.kind === 'mention' ? [] : (conversationOfRow(row) ?? []))))
  const found = await listings.find(accountId, [...asked])
  const shown = new Map<ConversationId, number>()
  const told: OwnListing[] = []

  const membership = (row: StateRow, conversationId: ConversationId): Item | undefined => {
    const cursor = row.number
    if (row.isGone) return { cursor, type: 'left', data: { conversation: conversationName(conversationId) } }
    const listing = found.get(conversationId)
    if (!listing) return undefined
    if (isKnown(conversationId)) return settingsItem(cursor, listing)
    shown.set(conversationId, listing.conversation.lastChange)
    told.push(listing)
    return { cursor, type: 'joined', data: { listing: listingOf(listing) } }
  }

  const ofConversation = (row: StateRow, conversationId: ConversationId): Item | undefined => {
    const { kind, key, number: cursor, isGone: gone } = row
    if (kind === 'membership') return membership(row, conversationId)
    const conversation = conversationName(conversationId)
    if (kind === 'mention')
      return { cursor, type: 'mentioned', data: { conversation, seq: Number(key.split(':')[1]), gone } }
    const listing = found.get(conversationId)
    return listing && { cursor, type: 'read.moved', data: { conversation, ...readStateOf(listing.own) } }
  }

  const itemOf = async (row: StateRow): Promise<Item | undefined> => {
    const { kind, key, number: cursor, isGone: gone } = row
    switch (kind) {
      case 'membership':
      case 'read':
      case 'mention':
        return ofConversation(row, conversationIn(key))
      case 'contact':
      case 'block': {
        const otherId = toAccountId(Number(key))
        const other = await chat.accounts.find(otherId)
        const data = { id: accountName(otherId), account: other ? personOf(other) : null, gone }
        return { cursor, type: kind === 'contact' ? 'contact.changed' : 'blocked', data }
      }
      case 'settings': {
        const settings = await chat.profiles.settings(accountId)
        return {
          cursor,
          type: 'settings.changed',
          data: { conversation: null, me: null, can: null, settings },
        }
      }
      case 'profile': {
        const [account, settings] = await Promise.all([
          chat.accounts.find(accountId),
          chat.profiles.settings(accountId),
        ])
        return (
          account && { cursor, type: 'profile.changed', data: { account: ownAccountOf(account, settings) } }
        )
      }
      default:
        return unreachable(kind)
    }
  }

  const items = (await Promise.all(rows.map(itemOf))).filter((item) => item !== undefined)
  return { items, own: await listings.ownOf(accountId, told), shown }
}

function settingsItem(cursor: number, listing: OwnListing): Item {
  const { id, me, can } = listingOf(listing)
  return { cursor, type: 'settings.changed', data: { conversation: id, me, can, settings: null } }
}
