import type { OwnListing } from '../../core/chat.ts'
import { toConversationId } from '../../core/chat.ts'
import { invalid } from './refusal.ts'

/** The place of a listing among an account's own, in the order of the list. */
interface Place {
  readonly isPinned: boolean
  readonly activityAt: number
  readonly conversationId: OwnListing['conversation']['conversationId']
}

const CURSOR = /^([01])\.(\d{1,17})\.([1-9]\d{0,14})$/

export const cursorOf = ({ conversation, own }: OwnListing): string => {
  const text = `${own.isPinned ? 1 : 0}.${conversation.activityAt}.${conversation.conversationId}`
  return Buffer.from(text).toString('base64url')
}

/** Null for the first page. Refuses a text that is no cursor of this list. */
export function placeIn(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const [, pinned, activityAt, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id === undefined) throw invalid({ pointer: '?cursor', detail: 'is no cursor of this list' })
  return {
    isPinned: pinned === '1',
    activityAt: Number(activityAt),
    conversationId: toConversationId(Number(id)),
  }
}
