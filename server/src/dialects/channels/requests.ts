import { Begun, type Block, Histories, type LongAnswers, listPieces } from '../../answers/index.ts'
import { type Account, type Chat, ChatError, type Standing } from '../../core/chat.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ChannelAuth } from '../../pusher/index.ts'
import { costOfText, type LimitKind, type Limits } from '../../transport/index.ts'
import type { FileLines } from '../file-lines.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { signIn } from '../sign-in.ts'
import type { Bearer, BearerTokens } from './bearer.ts'
import { type ChatChannel, isOf, notificationName, otherOf, parseChatName } from './channel-names.ts'
import type { ChatChannels } from './chat-channels.ts'
import {
  malformed,
  NOT_A_PARTICIPANT,
  NOT_THE_CALLER,
  NOT_YOURS_TO_SUBSCRIBE,
  Refusal,
  UNKNOWN_CHANNEL,
  type WireAnswer,
} from './errors.ts'
import type { EventDelivery } from './event-delivery.ts'
import { isSharedPresence } from './presence-names.ts'
import * as wire from './wire.ts'

/** One HTTP request. */
export interface Call {
  readonly authorization: string | undefined
  readonly address: string
  /** The last part of the path where the route has one. */
  readonly channel: string | undefined
  readonly query: unknown
  /** Parses the body: who asks is checked before what. */
  body(): unknown
}

interface Route {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** The limit by address that this request counts against. */
  readonly limit?: LimitKind
  run(requests: Requests, call: Call): Promise<WireAnswer>
}

export const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    url: '/api/register',
    limit: 'register',
    run: (requests, call) => requests.register(wire.parseRegistration(call.body()), call.address),
  },
  {
    method: 'POST',
    url: '/api/login',
    limit: 'login',
    run: (requests, call) => requests.logIn(wire.parseLogin(call.body()), call.address),
  },
  signed('POST', '/api/request_chat', (requests, caller, call) =>
    requests.requestChat(caller, wire.parseChatRequest(call.body())),
  ),
  signed('POST', '/api/pusher/auth', (requests, caller, call) =>
    requests.authorizeSubscription(caller, wire.parseSubscription(call.body()), call.tokenExpiresAt),
  ),
  signed('POST', '/api/send_message', (requests, caller, call) =>
    requests.sendMessage(caller, wire.parsePosting(call.body()), call.address),
  ),
  signed('GET', '/api/users', (requests, caller, call) =>
    requests.listUsers(caller, wire.parseUsersPage(call.query)),
  ),
  signed('GET', '/api/get_message/:channel', (requests, caller, call) =>
    requests.listMessages(caller, wire.parseChannel(call.channel), call.address),
  ),
]

function signed(
  method: Route['method'],
  url: string,
  run: (requests: Requests, caller: Account, call: Call & Pick<Bearer, 'tokenExpiresAt'>) => Promise<object>,
): Route {
  return {
    method,
    url,
    async run(requests, call) {
      const { account, tokenExpiresAt } = await requests.identify(call)
      return { status: 200, body: await run(requests, account, { ...call, tokenExpiresAt }) }
    },
  }
}

interface RequestsOptions {
  readonly chat: Chat
  readonly lines: FileLines
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly tokens: BearerTokens
  readonly channels: ChatChannels
  readonly delivery: EventDelivery
  readonly historyLimit: number
  readonly presenceNames: readonly string[]
}

/** Turns requests into commands. */
export class Requests {
  readonly #chat: Chat
  readonly #answers: LongAnswers
  readonly #histories: Histories
  readonly #lines: FileLines
  readonly #limits: Limits
  readonly #tokens: BearerTokens
  readonly #channels: ChatChannels
  readonly #delivery: EventDelivery
  readonly #historyLimit: number
  readonly #presenceNames: readonly string[]

  constructor(options: RequestsOptions) {
    const { chat, lines, answers, limits, tokens, channels, delivery, historyLimit, presenceNames } = options
    this.#chat = chat
    this.#answers = answers
    this.#lines = lines
    this.#histories = new Histories(chat.messages)
    this.#limits = limits
    this.#tokens = tokens
    this.#channels = channels
    this.#delivery = delivery
    this.#historyLimit = historyLimit
    this.#presenceNames = presenceNames
  }

  async identify({ authorization, address }: Pick<Call, 'authorization' | 'address'>): Promise<Bearer> {
    const bearer = await this.#tokens.authenticate(authorization)
    this.#chat.credentials.noteProof(address)
    return bearer
  }

  async register(credentials: wire.Credentials, address: string): Promise<WireAnswer> {
    requireWithinLimit(this.#limits.take('register', address))
    await this.#chat.accounts.register({ ...credentials, from: address })
    return { status: 201, body: wire.REGISTERED }
  }

  async logIn({ username, password }: wire.Credentials, address: string): Promise<WireAnswer> {
    requireWithinLimit(this.#limits.take('login', address))
    const attempt = { login: username, password, by: 'username', from: address } as const
    const account = await signIn(this.#chat, this.#limits, attempt)
    return { status: 200, body: wire.wireLogin(account, this.#tokens.issue(account)) }
  }

  async requestChat(caller: Account, asked: wire.ChatRequest): Promise<object> {
    requireCaller(caller, asked)
    const { from, to } = asked
    if (to.accountId === from.accountId) throw new ChatError('with_yourself')
    // A request for a chat reaches someone else's screen, so it costs as much as a message.
    requireWithinLimit(this.#limits.take('send', caller.accountId))
    const other = await this.#chat.accounts.findVisible(caller.accountId, { accountId: to.accountId })
    if (!other) throw new ChatError('unknown_account')
    const { conversation } = await this.#chat.conversations.openPrivate(from.accountId, to.accountId)
    const { pair } = await this.#channels.of(conversation)
    const chat = wire.wireChat(asked, pair)
    await this.#delivery.announceChat(to.accountId, chat)
    return chat
  }

  async authorizeSubscription(
    caller: Account,
    { socketId, channelName }: wire.SubscriptionRequest,
    tokenExpiresAt: Micros,
  ): Promise<ChannelAuth> {
    requireWithinLimit(this.#limits.take('command', caller.accountId))
    const subscription = { caller, tokenExpiresAt, socketId, channelName }
    if (channelName === notificationName(caller.accountId)) {
      return this.#delivery.sign(subscription)
    }
    if (isSharedPresence(channelName, this.#presenceNames)) {
      return this.#delivery.sign({ ...subscription, presenceData: wire.wirePresence(caller) })
    }
    const named = parseChatName(channelName)
    const isOwn = named !== undefined && isOf(caller.accountId, named.pair)
    const chat = isOwn ? await this.#channels.findByPair(named.pair) : undefined
    if (!named || !chat) throw new Refusal(NOT_YOURS_TO_SUBSCRIBE)
    const presence = named.kind === 'presence' ? { presenceData: wire.wirePresence(caller) } : {}
    return this.#delivery.sign({ ...subscription, chat, ...presence })
  }

  async sendMessage(caller: Account, posting: wire.Posting, address: string): Promise<object> {
    requireCaller(caller, posting)
    requireWithinLimit(this.#limits.take('send', caller.accountId, costOfText(posting.message)))
    const channel = await this.#enter(caller, posting.channel, address)
    if (!channel) throw new Refusal(UNKNOWN_CHANNEL)
    if (otherOf(channel.pair, caller.accountId) !== posting.to.accountId) {
      throw malformed('to_user is not part of this channel')
    }
    const ids = wire.idsOf(posting)
    const draft = { body: posting.message, wording: wire.wordingOf(ids) }
    const message = await this.#chat.messages.send(caller, await this.#standing(caller, channel), draft)
    await this.#delivery.published(message.messageId)
    return wire.wireMessage(message, ids)
  }

  async listUsers(caller: Account, page: wire.UsersPage): Promise<object> {
    const { accountId } = caller
    return this.#answers.ask(accountId, async () => {
      const users = await this.#chat.accounts.list(accountId, page)
      return this.#answers.whole(accountId, Buffer.from(JSON.stringify(users.map(wire.wireUser))))
    })
  }

  async listMessages(caller: Account, reference: wire.ChannelReference, address: string): Promise<object> {
    const { accountId } = caller
    return this.#answers.ask(accountId, async () => {
      const channel = await this.#enter(caller, reference, address)
      const conversation = channel && (await this.#chat.conversations.find(channel.conversationId))
      if (!conversation) return []
      const blocks = this.#histories.read({
        conversation,
        before: Infinity,
        limit: this.#historyLimit,
        write: (message) => JSON.stringify(wire.wirePastMessage(this.#lines.shown(message), channel)),
      })
      const pieces = listPieces(bytesOf(blocks), ['[', ']'])
      return Begun.from(this.#answers.charged(accountId, pieces))
    })
  }

  /** Undefined when there is no such channel. Requests for channels of others count against the address. */
  async #enter(
    { accountId }: Account,
    reference: wire.ChannelReference,
    address: string,
  ): Promise<ChatChannel | undefined> {
    const channel = await this.#channels.find(reference)
    if (channel && isOf(accountId, channel.pair)) return channel
    // Withholding the answer is enough: an address that guesses must not lock out those who share it.
    requireWithinLimit(this.#limits.take('guess', address))
    if (channel) throw new Refusal(NOT_A_PARTICIPANT)
    return undefined
  }

  async #standing({ accountId }: Account, { conversationId }: ChatChannel): Promise<Standing> {
    const standing = await this.#chat.conversations.standing(accountId, conversationId)
    if (!standing) throw new ChatError('not_a_member')
    return standing
  }
}

function requireCaller({ accountId }: Account, { from }: wire.ChatRequest): void {
  if (from.accountId !== accountId) throw new Refusal(NOT_THE_CALLER)
}

async function* bytesOf(blocks: AsyncIterable<Block>): AsyncGenerator<Buffer> {
  for await (const { bytes } of blocks) yield bytes
}
