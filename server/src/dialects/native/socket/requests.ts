import type { OkOf, RequestOf, RequestOp } from '@parlance/protocol'
import type { Chat } from '../../../core/chat.ts'
import { costOfText, type LimitKind, type Limits } from '../../../transport/index.ts'
import { requireWithinLimit } from '../../rate-limit.ts'
import { IN_ALL } from '../budget.ts'
import type { Asker, Handlers } from '../call.ts'
import { conversationIdIn } from '../names.ts'
import type { Places } from '../places.ts'
import type { SocketRequest } from './request-frames.ts'

/** A request with the one who asks. */
interface Asked<Op extends RequestOp> {
  readonly frame: RequestOf<Op>
  readonly asker: Asker
  /** The network that the connection comes from. */
  readonly address: string
}

interface Responder<Op extends RequestOp> {
  /** The bucket that pays, by account. */
  readonly limit: LimitKind
  readonly cost?: (frame: RequestOf<Op>) => number
  /** Whether its answer may be long: an account's are made one after the other. */
  readonly isLong?: true
  /** Rejects with a `Refusal` or `ChatError`. */
  respond(asked: Asked<Op>): Promise<OkOf<Op>>
}

/** Sends go a way of their own; what a connection watches is its own. */
type Answered = Exclude<RequestOp, 'message.send' | 'watch'>
export type Responders = { readonly [Op in Answered]: Responder<Op> }

/** A responder whose op is not known: the frame is of that op. */
export interface AnyResponder extends Pick<Responder<RequestOp>, 'limit' | 'isLong'> {
  readonly cost?: (frame: SocketRequest) => number
  respond(asked: Omit<Asked<RequestOp>, 'frame'> & { readonly frame: SocketRequest }): Promise<object>
}

interface RespondersParts {
  readonly chat: Chat
  readonly places: Places
  readonly handlers: Handlers
}

/** Answers to requests over the socket: where an operation of REST does the same, its handler does the work. */
export function createResponders({ chat, places, handlers }: RespondersParts): Responders {
  const { editMessage, deleteMessage, putReaction, removeReaction, markRead, listMessages } = handlers
  const circumstances = { channel: 'plain', ifMatch: undefined, idempotencyKey: undefined } as const
  return {
    'message.edit': {
      limit: 'edit',
      cost: ({ body }) => costOfText(body),
      respond: async ({ frame: { conversation: c, seq, body, ifVersion }, ...asked }) => {
        const ifMatch = ifVersion === undefined ? undefined : `"${ifVersion}"`
        const call = { ...circumstances, ...asked, query: {}, params: { c, seq }, body: { body }, ifMatch }
        const { version } = (await editMessage.run(call)).body
        return { seq, version }
      },
    },
    'message.delete': {
      limit: 'edit',
      respond: async ({ frame: { conversation: c, seq }, ...asked }) => {
        const call = { ...circumstances, ...asked, query: {}, params: { c, seq }, body: undefined }
        await deleteMessage.run(call)
        return {}
      },
    },
    'reaction.put': {
      limit: 'react',
      respond: async ({ frame: { conversation: c, seq, key }, ...asked }) => {
        const call = { ...circumstances, ...asked, query: {}, params: { c, seq, key }, body: undefined }
        const { version } = (await putReaction.run(call)).body
        return { seq, version }
      },
    },
    'reaction.remove': {
      limit: 'react',
      respond: async ({ frame: { conversation: c, seq, key }, ...asked }) => {
        const call = { ...circumstances, ...asked, query: {}, params: { c, seq, key }, body: undefined }
        await removeReaction.run(call)
        return {}
      },
    },
    read: {
      limit: 'read',
      respond: async ({ frame: { conversation: c, seq, force }, ...asked }) => {
        const body = force === undefined ? { seq } : { seq, force }
        return (await markRead.run({ ...circumstances, ...asked, query: {}, params: { c }, body })).body
      },
    },
    typing: {
      limit: 'typing',
      respond: async ({ frame: { conversation, isTyping = true }, asker }) => {
        const standing = await places.standing(asker, conversation)
        if (isTyping) await chat.typing.begin(asker.account, standing)
        else chat.typing.end(asker.account, standing.conversation.conversationId)
        return {}
      },
    },
    'conversation.open': {
      limit: 'command',
      isLong: true,
      respond: async ({ frame: { conversation: c, limit }, ...asked }) => {
        const query = limit === undefined ? {} : { limit }
        const listing = await places.listing(asked.asker, conversationIdIn(c))
        const call = { ...circumstances, ...asked, query, params: { c }, body: undefined }
        return { listing, messages: (await listMessages.run(call)).body }
      },
    },
    ping: { limit: 'command', respond: async () => ({}) },
  }
}

/** Refuses 'rate_limited'. */
export function payFor(limits: Limits, kind: LimitKind, { account }: Asker, cost?: number): void {
  requireWithinLimit(limits.take(kind, account.accountId, cost))
  const inAll = IN_ALL[kind]
  if (inAll) requireWithinLimit(limits.take(inAll, '', cost))
}
