import { type Appended, withSender } from '../../core/chat.ts'
import { PendingWrite } from '../../transport/index.ts'
import { type GroupMessage, replyTo, SEND_ROW } from './group-requests.ts'
import { type Context, type Reply, reply } from './request.ts'
import { messageSent } from './wire.ts'

/** Answers the request of a send; an error that `makeReply` throws is an answer too. */
type Conclude = (makeReply: () => Reply) => void

/** One message on its way to the log. A refusal that needs no look at the log waits for the sends before it, too. */
export class GroupSend extends PendingWrite<Appended> {
  readonly #context: Context
  readonly #conclude: Conclude
  /** Undefined until the store has been handed it. */
  #message: GroupMessage | undefined
  /** The socket is in the group, and so receives the message with everyone else. */
  #isHere = false
  /** The answer to a send that the store is never handed. */
  #reply: Reply | undefined

  constructor(context: Context, conclude: Conclude) {
    super()
    this.#context = context
    this.#conclude = conclude
  }

  handOver(message: GroupMessage): void {
    const { chat, session } = this.#context
    const { account, standing, body } = message
    this.#isHere = session.groupId === standing.conversation.conversationId
    chat.messages.append(account, standing, { body }, this)
    this.#message = message
  }

  answerWith(answer: Reply): void {
    this.#reply = answer
    this.refuse(undefined)
  }

  protected onCommitted({ message }: Appended): void {
    this.#conclude(() => this.#replyTo(message))
  }

  protected onRefused(error: unknown): void {
    // The account was put out in the meantime, or barred.
    if (this.#message) this.#context.session.standings.forgetAll()
    this.#conclude(() => this.#reply ?? replyTo(error, SEND_ROW))
  }

  #replyTo(message: Appended['message']): Reply {
    if (this.#isHere || !this.#message) return reply()
    const { account, standing } = this.#message
    return reply(messageSent(standing.conversation, withSender(message, account)))
  }
}
