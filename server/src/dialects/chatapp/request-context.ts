import type { AnswerCache, Json } from '../../answers/index.ts'
import type { Account, Chat, ConversationId, Standing } from '../../core/chat.ts'
import type { FileLines } from '../file-lines.ts'
import { RememberedStandings } from '../remembered-standings.ts'
import { refuse } from './errors.ts'

interface AskingConnection {
  readonly requestId: string
  listen(conversationId: ConversationId): Promise<void>
  leave(conversationId: ConversationId): void
  answerSend(text: string): void
}

/** The account that a connection speaks for, and the means that its requests use. */
export class RequestContext {
  readonly chat: Chat
  readonly lines: FileLines
  readonly cache: AnswerCache<Json>
  readonly account: Account
  readonly #connection: AskingConnection
  /** No more than the account's conversations, each of which the connection hears. */
  readonly standings = new RememberedStandings<ConversationId>(Number.POSITIVE_INFINITY)

  constructor(
    { chat, lines, cache }: { chat: Chat; lines: FileLines; cache: AnswerCache<Json> },
    account: Account,
    connection: AskingConnection,
  ) {
    this.chat = chat
    this.lines = lines
    this.cache = cache
    this.account = account
    this.#connection = connection
  }

  /** The id of the request that opened the connection. */
  get requestId(): string {
    return this.#connection.requestId
  }

  /** Makes sure that the conversation's events, from here on, reach the asking connection. */
  listen(conversationId: ConversationId): Promise<void> {
    return this.#connection.listen(conversationId)
  }

  /** Answers one of several sends: between the events of the one before and the one after. */
  answerSend(text: string): void {
    this.#connection.answerSend(text)
  }

  leave(conversationId: ConversationId): void {
    this.#connection.leave(conversationId)
  }
}

/** As `standingOf`, for a connection that from now on hears the conversation. */
export async function joinToSend(
  context: RequestContext,
  conversationId: ConversationId,
  text: () => string,
): Promise<Standing> {
  const standing = await standingOf(context, conversationId, text)
  await context.listen(conversationId)
  context.standings.remember(conversationId, standing)
  return standing
}

/** An absent conversation and one that is others' look alike: `text` says that the asker is not in it. */
export async function standingOf(
  { chat, account }: RequestContext,
  conversationId: ConversationId,
  text: () => string,
): Promise<Standing> {
  return (await chat.conversations.standing(account.accountId, conversationId)) ?? refuse(text())
}
