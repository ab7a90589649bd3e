import type { Logger } from '../../log.ts'
import type { SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../allowance.ts'
import { answerTo, invalidRequest } from './errors.ts'
import type { Context, Reply } from './request.ts'
import { REQUESTS } from './requests.ts'
import type { Session } from './session.ts'

const LONGEST_QUOTE = 64

interface AskerOptions {
  /** Its session is one of these until its socket closes. */
  readonly sessions: Set<Session>
  readonly log: Logger
}

/** Carries one socket's requests out and its answers back. */
export class Asker implements SocketIoSession {
  readonly #context: Context
  readonly #options: AskerOptions

  constructor(context: Context, options: AskerOptions) {
    this.#context = context
    this.#options = options
    options.sessions.add(context.session)
  }

  knows(event: string): boolean {
    return REQUESTS.has(event)
  }

  async handle(event: string, argument: unknown, acknowledge: () => void): Promise<void> {
    try {
      this.#charge(event)
      const reply = await REQUESTS.get(event)?.(argument, this.#context)
      if (reply) this.#answer(reply)
    } catch (error) {
      this.#answerError(error)
    }
    acknowledge()
    await this.#context.session.releaseIfClosed()
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

  #charge(name: string): void {
    const { session, limits } = this.#context
    const { account, connection } = session
    if (!account) requireWithinLimit(limits.take('command', connection.address))
    else requireWithinLimit(limits.take(name === 'send_message' ? 'send' : 'command', account.accountId))
  }

  #answer({ answers, begin }: Reply): void {
    for (const answer of answers) this.#context.session.emit(answer)
    begin?.()
  }

  #answerError(error: unknown): void {
    const { answer, isBug } = answerTo(error)
    if (isBug) this.#options.log.error({ err: error }, 'request failed')
    this.#context.session.emit(answer)
  }
}
