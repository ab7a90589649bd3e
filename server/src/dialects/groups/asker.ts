import type { Logger } from '../../log.ts'
import type { SocketIoHandler } from '../../transport/index.ts'
import { requireWithinLimit } from '../allowance.ts'
import { answerTo, invalidRequest } from './errors.ts'
import type { Context, Reply, Run } from './request.ts'
import { REQUESTS } from './requests.ts'

const LONGEST_QUOTE = 64

/** Carries one socket's requests out and its answers back. */
export class Asker {
  readonly events: ReadonlyMap<string, SocketIoHandler>
  readonly #context: Context
  readonly #log: Logger

  constructor(context: Context, log: Logger) {
    this.#context = context
    this.#log = log
    this.events = new Map([...REQUESTS].map(([name, run]) => [name, this.#handler(name, run)]))
  }

  refuse(event: string, acknowledge: () => void): void {
    try {
      this.#charge(event)
      this.#context.session.emit(invalidRequest(`Unknown event: ${event.slice(0, LONGEST_QUOTE)}`))
    } catch (error) {
      this.#answerError(error)
    }
    acknowledge()
  }

  #handler(name: string, run: Run): SocketIoHandler {
    return async (argument, acknowledge) => {
      try {
        this.#charge(name)
        this.#answer(await run(argument, this.#context))
      } catch (error) {
        this.#answerError(error)
      }
      acknowledge()
      await this.#context.session.releaseIfClosed()
    }
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
    if (isBug) this.#log.error({ err: error }, 'request failed')
    this.#context.session.emit(answer)
  }
}
