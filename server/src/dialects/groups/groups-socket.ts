import type { Appended } from '../../core/chat.ts'
import type { AnsweringSink } from '../../delivery/index.ts'
import type { Logger } from '../../observe/index.ts'
import { costOfPush, costOfText, type PendingWrite, type SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { answerTo, invalidRequest } from './errors.ts'
import { messageOf } from './group-requests.ts'
import type { Context, Reply } from './request.ts'
import { REQUESTS } from './requests.ts'
import { GroupSend } from './sends.ts'
import type { Session } from './session.ts'

const SEND = 'send_message'
const LONGEST_QUOTE = 64

/** Cost of a send, whose argument is not parsed yet and may be anything. */
function costOfSend(argument: unknown): number {
  if (typeof argument === 'string') return costOfPush(Buffer.byteLength(argument))
  const text: unknown = typeof argument === 'object' && argument !== null && Reflect.get(argument, 'text')
  return typeof text === 'string' ? costOfText(text) : 1
}

interface GroupsSocketOptions {
  /** Its session is one of these until its socket closes. */
  readonly sessions: Set<Session>
  readonly log: Logger
}

/** Carries one socket's requests out and its answers back. */
export class GroupsSocket implements SocketIoSession {
  readonly #context: Context
  readonly #options: GroupsSocketOptions

  constructor(context: Context, options: GroupsSocketOptions) {
    this.#context = context
    this.#options = options
    options.sessions.add(context.session)
  }

  knows(event: string): boolean {
    return event === SEND || REQUESTS.has(event)
  }

  isSend(event: string): boolean {
    return event === SEND
  }

  handle(event: string, argument: unknown, acknowledge: () => void): Promise<PendingWrite | undefined> {
    return event === SEND ? this.#send(argument, acknowledge) : this.#ask(event, argument, acknowledge)
  }

  async #ask(event: string, argument: unknown, acknowledge: () => void): Promise<undefined> {
    try {
      const { session, answers } = this.#context
      const { account } = session
      const run = () => this.#run(event, argument)
      await (account ? answers.inTurn(account.accountId, run) : run())
    } catch (error) {
      this.#answerError(error)
    }
    acknowledge()
  }

  async #run(event: string, argument: unknown): Promise<void> {
    this.#charge(event, argument)
    const reply = await REQUESTS.get(event)?.(argument, this.#context)
    if (reply) this.#answer(reply)
  }

  /** Resolves once the store has the message. Refusals too are answered after the sends before. */
  async #send(argument: unknown, acknowledge: () => void): Promise<PendingWrite<Appended>> {
    const send = new GroupSend(this.#context, (makeReply) => this.#concludeSend(makeReply, acknowledge))
    try {
      this.#charge(SEND, argument)
      const message = messageOf(argument, this.#context)
      const found = message instanceof Promise ? await message : message
      if ('answers' in found) send.answerWith(found)
      else send.handOver(found)
    } catch (error) {
      send.refuse(error)
    }
    return send
  }

  #concludeSend(makeReply: () => Reply, acknowledge: () => void): void {
    try {
      this.#answerSend(makeReply())
    } catch (error) {
      this.#sink.seal()
      this.#answerError(error)
    }
    acknowledge()
  }

  /** The event of a message answers a socket that is in its group: then `reply` is empty. */
  #answerSend(reply: Reply): void {
    if (reply.answers.length === 0) return
    this.#sink.seal()
    this.#answer(reply)
  }

  get #sink(): AnsweringSink {
    return this.#context.session.connection.sink
  }

  async onClose(): Promise<void> {
    this.#options.sessions.delete(this.#context.session)
    await this.#context.session.end()
  }

  onUnknown(event: string, acknowledge: () => void): void {
    try {
      this.#charge(event)
      this.#context.session.emit(invalidRequest(`Unknown event: ${event.slice(0, LONGEST_QUOTE)}`))
    } catch (error) {
      this.#answerError(error)
    }
    acknowledge()
  }

  #charge(name: string, argument?: unknown): void {
    const { session, limits } = this.#context
    const { account, connection } = session
    if (!account) requireWithinLimit(limits.take('command', connection.address))
    else if (name !== SEND) requireWithinLimit(limits.take('command', account.accountId))
    else requireWithinLimit(limits.take('send', account.accountId, costOfSend(argument)))
  }

  #answer({ answers, begin }: Reply): void {
    const { session } = this.#context
    let bytes = 0
    for (const answer of answers) bytes += session.emit(answer)
    begin?.()
    if (session.account) this.#context.answers.charge(session.account.accountId, bytes)
  }

  #answerError(error: unknown): void {
    const { answer, isBug } = answerTo(error)
    const { session } = this.#context
    if (isBug) this.#options.log.error({ err: error, requestId: session.requestId }, 'request failed')
    session.emit(answer)
  }
}
