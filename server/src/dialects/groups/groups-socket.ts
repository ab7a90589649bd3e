import type { Appended } from '../../core/chat.ts'
import type { AnsweringSink } from '../../delivery/index.ts'
import type { Logger } from '../../observe/index.ts'
import { costOfPush, costOfText, PendingWrite, type SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { answerTo, invalidRequest } from './errors.ts'
import { beginSend, replyTo, SEND_ROW } from './group-requests.ts'
import type { Context, Reply } from './request.ts'
import { REQUESTS } from './requests.ts'
import type { Session } from './session.ts'

const SEND = 'send_message'
const LONGEST_QUOTE = 64

/** Cost of a send, whose argument is not parsed yet and may be anything. */
function costOfSend(argument: unknown): number {
  if (typeof argument === 'string') return costOfPush(Buffer.byteLength(argument))
  const text: unknown = typeof argument === 'object' && argument !== null && Reflect.get(argument, 'text')
  return typeof text === 'string' ? costOfText(text) : 1
}

class GroupSend extends PendingWrite<Appended> {
  protected readonly onCommitted: (appended: Appended) => void
  protected readonly onRefused: (error: unknown) => void

  constructor(onCommitted: (appended: Appended) => void, onRefused: (error: unknown) => void) {
    super()
    this.onCommitted = onCommitted
    this.onRefused = onRefused
  }
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
    try {
      this.#charge(SEND, argument)
      const result = await beginSend(argument, this.#context)
      if (!('committed' in result)) return this.#refusedSend(() => result, acknowledge)
      const send = new GroupSend(
        (appended) => this.#concludeSend(() => result.answer(appended), acknowledge),
        (error) => {
          this.#context.session.forgetStandings()
          this.#concludeSend(() => replyTo(error, SEND_ROW), acknowledge)
        },
      )
      result.committed.then(
        (appended) => send.commit(appended),
        (error: unknown) => send.refuse(error),
      )
      return send
    } catch (error) {
      const rethrow = () => {
        throw error
      }
      return this.#refusedSend(rethrow, acknowledge)
    }
  }

  /** A send that the store never got: its answer waits like the others for the sends before it. */
  #refusedSend(makeReply: () => Reply, acknowledge: () => void): PendingWrite<Appended> {
    const conclude = () => this.#concludeSend(makeReply, acknowledge)
    const send = new GroupSend(conclude, conclude)
    send.refuse(undefined)
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
    if (isBug) this.#options.log.error({ err: error }, 'request failed')
    this.#context.session.emit(answer)
  }
}
