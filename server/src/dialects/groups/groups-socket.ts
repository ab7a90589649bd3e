import type { Logger } from '../../observe/index.ts'
import { costOfPush, costOfText, type SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { answerTo, invalidRequest } from './errors.ts'
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
    return REQUESTS.has(event)
  }

  async handle(event: string, argument: unknown, acknowledge: () => void): Promise<void> {
    try {
      const { session, answers } = this.#context
      const { account } = session
      const run = () => {
        this.#charge(event, argument)
        return this.#run(event, argument)
      }
      await (account && event !== SEND ? answers.inTurn(account.accountId, async () => run()) : run())
    } catch (error) {
      this.#answerError(error)
    }
    acknowledge()
    await this.#context.session.releaseIfClosed()
  }

  async #run(event: string, argument: unknown): Promise<void> {
    const reply = await REQUESTS.get(event)?.(argument, this.#context)
    if (reply) this.#answer(reply)
  }

  async onClose(): Promise<void> {
    this.#options.sessions.delete(this.#context.session)
    await this.#context.session.close()
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
