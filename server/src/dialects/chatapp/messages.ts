import { Json } from '../../answers/index.ts'
import {
  ChatError,
  type ConversationId,
  type MessageId,
  toConversationId,
  toMessageId,
} from '../../core/chat.ts'
import { isCleanText } from '../../lib/text.ts'
import { costOfText } from '../../transport/index.ts'
import { inWords, refuse } from './errors.ts'
import { joinToSend, type RequestContext, standingOf } from './request-context.ts'
import { isInteger, type JsonObject, listedMessageOf, own } from './wire.ts'

const PAGE_SIZE = 100

/** Number of short messages that the request counts as. */
export function costOfMessage(fields: JsonObject): number {
  const content = own(fields, 'content')
  return typeof content === 'string' ? costOfText(content) : 1
}

/** The audience carries the answer: the asking connection is made sure to be in it. */
export async function sendMessage(context: RequestContext, fields: JsonObject): Promise<undefined> {
  const conversationId = parseConversationId(fields)
  const notPart = () => notPartOf(context, conversationId)
  const standing = context.standingIn(conversationId) ?? (await joinToSend(context, conversationId, notPart))
  const body = parseContent(fields)
  const replyTo = parseReplyId(fields)
  try {
    await context.chat.messages.send(context.account, standing, { body, replyTo })
  } catch (error) {
    // It was put out in the meantime, or barred; perhaps before it joined above.
    context.forget(conversationId)
    if (error instanceof ChatError && error.code === 'not_a_member') context.leave(conversationId)
    throw inWords(error, {
      not_a_member: notPart,
      unknown_reply: `No such ${replyTo} message id found in ${conversationId} conversation_id`,
      message_too_long: ({ maxBytes }) => `message content should be at most ${maxBytes} bytes long`,
    })
  }
}

export async function getMessages(context: RequestContext, fields: JsonObject) {
  const conversationId = parseConversationId(fields)
  const { conversation } = await standingOf(context, conversationId, () => notPartOf(context, conversationId))
  const before = parseBefore(fields)
  const page = { conversationId, limit: PAGE_SIZE, ...(before !== undefined && { before }) }
  const key = `messages ${conversationId} ${before}`
  return context.cache.get(key, String(conversation.lastChange), async () => {
    const messages = await context.chat.messages.list(page)
    const body = { conversation_id: conversationId, messages: messages.map(listedMessageOf).reverse() }
    return new Json(JSON.stringify(body))
  })
}

const notPartOf = ({ account }: RequestContext, conversationId: ConversationId): string =>
  `${account.username} not part of conversation with ${conversationId} id`

function parseConversationId(fields: JsonObject): ConversationId {
  const id = own(fields, 'conversation_id')
  if (!isInteger(id)) refuse('expected conversation_id as integer')
  return toConversationId(id)
}

function parseContent(fields: JsonObject): string {
  const content = own(fields, 'content')
  if (typeof content !== 'string') refuse('expected content as string')
  if (content === '') refuse('message content should be non empty string')
  if (!isCleanText(content)) refuse('message content should be without NUL and lone surrogates')
  return content
}

function parseReplyId(fields: JsonObject): MessageId | null {
  const id = own(fields, 'reply_id') ?? null
  if (id === null) return null
  if (!isInteger(id)) refuse('if reply_id is provided then expected integer')
  return toMessageId(id)
}

/** Unlike `reply_id`, an explicit null is not the same as none. */
function parseBefore(fields: JsonObject): number | undefined {
  if (!Object.hasOwn(fields, 'before')) return undefined
  const { before } = fields
  if (!isInteger(before)) refuse('expected before as integer')
  return before
}
