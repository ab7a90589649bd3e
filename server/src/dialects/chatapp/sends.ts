import {
  ChatError,
  type ConversationId,
  type MessageId,
  type Standing,
  toMessageId,
} from '../../core/chat.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import { isCleanText } from '../../lib/text.ts'
import type { Logger } from '../../observe/index.ts'
import { costOfText, type Limits, PendingWrite } from '../../transport/index.ts'
import { inWords, refusalOf, refuse, TOO_MANY } from './errors.ts'
import { notPartOf, parseConversationId } from './messages.ts'
import { joinToSend, type RequestContext } from './request-context.ts'
import { isInteger } from './wire.ts'

/** The one request whose commit those after it need not wait for. */
export const SEND_MESSAGE = 'send_message'

/** Number of short messages that the request counts as. */
function costOfMessage(fields: JsonObject): number {
  const content = own(fields, 'content')
  return typeof content === 'string' ? costOfText(content) : 1
}

/** Hands a message to the store: at once where the asker is known to be in the conversation. */
export function sendMessage(
  context: RequestContext,
  fields: JsonObject,
  { limits, log }: { limits: Limits; log: Logger },
): PendingWrite | Promise<PendingWrite> {
  const send = new Send(context, fields, log)
  try {
    if (limits.take('send', context.account.accountId, costOfMessage(fields)) > 0) refuse(TOO_MANY.text)
    const conversationId = parseConversationId(fields)
    const standing = context.standings.get(conversationId)
    if (standing) return send.begun(standing)
    return joinToSend(context, conversationId, () => notPartOf(context, conversationId)).then(
      (joined) => send.begun(joined),
      (error) => send.refused(error),
    )
  } catch (error) {
    return send.refused(error)
  }
}

/** One message on its way to the log. The audience carries the answer, and the asking connection is in it. */
class Send extends PendingWrite {
  readonly #context: RequestContext
  readonly #fields: JsonObject
  readonly #log: Logger
  /** Undefined until the asker is known to be in the conversation. */
  #conversationId: ConversationId | undefined

  constructor(context: RequestContext, fields: JsonObject, log: Logger) {
    super()
    this.#context = context
    this.#fields = fields
    this.#log = log
  }

  begun(standing: Standing): this {
    const { chat, account } = this.#context
    this.#conversationId = standing.conversation.conversationId
    try {
      const body = parseContent(this.#fields)
      const replyTo = parseReplyId(this.#fields)
      chat.messages.append(account, standing, { body, replyTo }, this)
      return this
    } catch (error) {
      return this.refused(error)
    }
  }

  /** Answered like what the store refuses, when the sends before have been. */
  refused(error: unknown): this {
    this.refuse(error)
    return this
  }

  protected onCommitted(): void {
    // The event has told the context.
  }

  protected onRefused(error: unknown): void {
    const { requestId } = this.#context
    const failed = { name: SEND_MESSAGE, requestId, log: this.#log }
    this.#context.answerSend(refusalOf(this.#inWords(error), failed))
  }

  #inWords(error: unknown): unknown {
    const conversationId = this.#conversationId
    if (conversationId === undefined) return error
    // The asker was put out in the meantime, or barred; perhaps before it joined.
    this.#context.standings.forget(conversationId)
    if (error instanceof ChatError && error.code === 'not_a_member') this.#context.leave(conversationId)
    return inWords(error, {
      not_a_member: () => notPartOf(this.#context, conversationId),
      unknown_reply: () =>
        `No such ${parseReplyId(this.#fields)} message id found in ${conversationId} conversation_id`,
      message_too_long: ({ maxBytes }) => `message content should be at most ${maxBytes} bytes long`,
    })
  }
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
