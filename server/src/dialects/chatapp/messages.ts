import { Json } from '../../answers/index.ts'
import { type ConversationId, toConversationId } from '../../core/chat.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import { refuse } from './errors.ts'
import { type RequestContext, standingOf } from './request-context.ts'
import { isInteger, listedMessageOf } from './wire.ts'

const PAGE_SIZE = 100

export async function getMessages(context: RequestContext, fields: JsonObject) {
  const conversationId = parseConversationId(fields)
  const standing = await standingOf(context, conversationId, () => notPartOf(context, conversationId))
  const { lastSeq, rewrites } = standing.conversation
  const before = parseBefore(fields)
  const page = { conversationId, limit: PAGE_SIZE, ...(before !== undefined && { before }) }
  const key = `messages ${conversationId} ${before}`
  return context.cache.get(key, `${lastSeq} ${rewrites}`, async () => {
    const messages = await context.chat.messages.list(page)
    const listed = messages.map((message) => listedMessageOf(context.lines.shown(message)))
    const body = { conversation_id: conversationId, messages: listed.reverse() }
    return new Json(JSON.stringify(body))
  })
}

export const notPartOf = ({ account }: RequestContext, conversationId: ConversationId): string =>
  `${account.username} not part of conversation with ${conversationId} id`

export function parseConversationId(fields: JsonObject): ConversationId {
  const id = own(fields, 'conversation_id')
  if (!isInteger(id)) refuse('expected conversation_id as integer')
  return toConversationId(id)
}

/** Unlike `reply_id`, an explicit null is not the same as none. */
function parseBefore(fields: JsonObject): number | undefined {
  if (!Object.hasOwn(fields, 'before')) return undefined
  const { before } = fields
  if (!isInteger(before)) refuse('expected before as integer')
  return before
}
