import type { Logger } from '../../log.ts'
import type { Limits } from '../../transport/index.ts'
import type { Asker } from './asker.ts'
import {
  costOfConversation,
  createConversation,
  getConversationInfo,
  getConversations,
} from './conversations.ts'
import { BUG, TOO_MANY, textOf } from './errors.ts'
import { getMessages, sendMessage } from './messages.ts'
import { addContact, getContacts, self } from './people.ts'
import { type Fields, failure, own, parseEvent, success } from './wire.ts'

interface Request {
  readonly limit: 'send' | 'create' | 'command'
  /** How many ordinary ones it counts as; 1 when absent. */
  readonly cost?: (fields: Fields) => number
  /** The success data; undefined when the answer reaches the asker as an event. Refuses by throwing. */
  run(asker: Asker, fields: Fields): Promise<unknown>
}

const REQUESTS: ReadonlyMap<unknown, Request> = new Map<string, Request>([
  ['ping', { limit: 'command', run: async () => 'pong' }],
  ['self', { limit: 'command', run: self }],
  ['add_contact', { limit: 'command', run: addContact }],
  ['get_contacts', { limit: 'command', run: getContacts }],
  ['create_conversation', { limit: 'create', cost: costOfConversation, run: createConversation }],
  ['get_conversations', { limit: 'command', run: getConversations }],
  ['get_conversation_info', { limit: 'command', run: getConversationInfo }],
  ['send_message', { limit: 'send', run: sendMessage }],
  ['get_messages', { limit: 'command', run: getMessages }],
])

/** A list has no end in this dialect: each so many characters of an answer count as one more request. */
const ANSWER_PER_TOKEN = 4096

/** The type under which a frame without a known type is answered. */
const ROOT = 'root'

/** Answers one frame; undefined when the answer is an event that was delivered already. Never throws. */
export async function answer(
  asker: Asker,
  text: string,
  { limits, log }: { limits: Limits; log: Logger },
): Promise<string | undefined> {
  const fields = parseEvent(text)
  const type = fields && own(fields, 'type')
  const request = REQUESTS.get(type)
  const name = request ? String(type) : ROOT
  const cost = fields && request?.cost?.(fields)
  if (limits.take(request?.limit ?? 'command', asker.account.accountId, cost) > 0) {
    return failure(name, TOO_MANY.text)
  }
  if (!fields) return failure(ROOT, 'invalid json event')
  if (!request) return failure(ROOT, 'no type field found in the event')
  try {
    const data = await request.run(asker, fields)
    if (data === undefined) return undefined
    const reply = success(name, data)
    limits.charge('command', asker.account.accountId, Math.floor(reply.length / ANSWER_PER_TOKEN))
    return reply
  } catch (error) {
    const refusal = textOf(error)
    if (refusal === undefined) log.error({ err: error, request: name }, 'request failed')
    return failure(name, refusal ?? BUG.text)
  }
}
