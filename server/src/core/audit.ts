import type { Clock } from '../lib/clock.ts'
import { CommandEnd } from '../lib/command-end.ts'
import type { Act, AuditStore, NewAct } from '../store/store.ts'
import { BackUpFailure } from './back-up-maker.ts'
import { ChatError } from './errors.ts'

/** UTF-16 units of a subject that are kept. */
const MAX_SUBJECT = 200

/** The log of what operators and administrators do. */
export class Audit {
  readonly #store: AuditStore
  readonly #clock: Clock

  constructor(store: AuditStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Notes an act before it is carried out, and then how it ended. Throws what the work throws. */
  async record<Result>(
    { subject, ...act }: Omit<NewAct, 'at'>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const number = await this.#store.begin({
      ...act,
      ...{ subject: subject.slice(0, MAX_SUBJECT).toWellFormed().replaceAll('\0', '') },
      at: this.#clock.nowMicros(),
    })
    const end = (outcome: string) => this.#store.end({ number, outcome, at: this.#clock.nowMicros() })
    let result: Result
    try {
      result = await work()
    } catch (error) {
      await end(reasonOf(error))
      throw error
    }
    await end('done')
    return result
  }

  /** Those with smaller numbers than `before`, newest first. */
  list(page: { readonly before: number; readonly limit: number }): Promise<readonly Act[]> {
    return this.#store.list(page)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ChatError) return error.code
  return error instanceof CommandEnd || error instanceof BackUpFailure ? error.message : 'a failure'
}
