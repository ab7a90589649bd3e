import type { LongAnswers } from '../../answers/index.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import type { Logger } from '../../observe/index.ts'
import type { Limits } from '../../transport/index.ts'
import {
  costOfConversation,
  createConversation,
  getConversationInfo,
  getConversations,
} from './conversations.ts'
import { refusalOf, TOO_MANY } from './errors.ts'
import { getMessages } from './messages.ts'
import { addContact, getContacts, self } from './people.ts'
import type { RequestContext } from './request-context.ts'
import { failure, success } from './wire.ts'

interface Request {
  readonly limit: 'create' | 'command'
  /** How many ordinary ones it counts as; 1 when absent. */
  readonly cost?: (fields: JsonObject) => number
  /** Whether its answer has no bound of length, or a high one. */
  readonly isLong?: true
  /** The success data; undefined when the answer reaches the asker as an event. Refuses by throwing. */
  run(context: RequestContext, fields: JsonObject): Promise<unknown>
}

/** All but `send_message`. */
const REQUESTS: ReadonlyMap<unknown, Request> = new Map<string, Request>([
  ['ping', { limit: 'command', run: async () => 'pong' }],
  ['self', { limit: 'command', run: self }],
  ['add_contact', { limit: 'command', run: addContact }],
  ['get_contacts', { limit: 'command', isLong: true, run: getContacts }],
  ['create_conversation', { limit: 'create', cost: costOfConversation, run: createConversation }],
  ['get_conversations', { limit: 'command', isLong: true, run: getConversations }],
  ['get_conversation_info', { limit: 'command', isLong: true, run: getConversationInfo }],
  ['get_messages', { limit: 'command', isLong: true, run: getMessages }],
])

/** The type under which a frame without a known type is answered. */
const ROOT = 'root'

interface AnswerParts {
  readonly limits: Limits
  readonly answers: LongAnswers
  readonly log: Logger
}

/**
 * Answers one frame, which is no send; `fields` are undefined when it is not a JSON object. Resolves to undefined when
 * the answer is an event that was delivered already. Never throws.
 */
export async function answer(
  context: RequestContext,
  fields: JsonObject | undefined,
  parts: AnswerParts,
): Promise<string | undefined> {
  const type = fields && own(fields, 'type')
  const request = REQUESTS.get(type)
  const { accountId } = context.account
  const name = request ? String(type) : ROOT
  if (fields && request?.isLong) return answerLong(context, { name, request, fields }, parts)
  const cost = fields && request?.cost?.(fields)
  if (parts.limits.take(request?.limit ?? 'command', accountId, cost) > 0) {
    return failure(name, TOO_MANY.text)
  }
  if (!fields) return failure(ROOT, 'invalid json event')
  if (!request) return failure(ROOT, 'no type field found in the event')
  try {
    const data = await request.run(context, fields)
    return data === undefined ? undefined : success(name, data)
  } catch (error) {
    return refusalOf(error, { name, requestId: context.requestId, log: parts.log })
  }
}

interface LongRequest {
  readonly name: string
  readonly request: Request
  readonly fields: JsonObject
}

async function answerLong(
  context: RequestContext,
  { name, request, fields }: LongRequest,
  { answers, log }: AnswerParts,
): Promise<string> {
  const { accountId } = context.account
  try {
    return await answers.ask(accountId, async () => {
      const reply = success(name, await request.run(context, fields))
      answers.charge(accountId, reply.length)
      return reply
    })
  } catch (error) {
    return refusalOf(error, { name, requestId: context.requestId, log })
  }
}
