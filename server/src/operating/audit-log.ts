import { hostname, userInfo } from 'node:os'
import { ChatError } from '../core/chat.ts'
import type { Clock } from '../lib/clock.ts'
import { CommandEnd } from '../lib/command-end.ts'
import type { AuditStore } from '../store/store.ts'

interface AuditLogOptions {
  readonly store: AuditStore
  readonly clock: Clock
  /** User of the machine who has become the one that runs this by `sudo`. */
  readonly sudoUser: string | undefined
}

interface AuditedAct {
  /** The command, such as `accounts disable`. */
  readonly act: string
  /** The name of what it is done to. */
  readonly subject: string
}

/** UTF-16 units of a subject that are kept. */
const MAX_SUBJECT = 200

/** The log of what the operator at this command line does. */
export class AuditLog {
  readonly #store: AuditStore
  readonly #clock: Clock
  readonly #actor: string

  constructor({ store, clock, sudoUser }: AuditLogOptions) {
    this.#store = store
    this.#clock = clock
    const name = nameOfUser()
    this.#actor = sudoUser && sudoUser !== name ? `${sudoUser} as ${name}` : name
  }

  /** Notes an act before it is carried out, and then how it ended. Throws what the work throws. */
  async record<Result>({ act, subject }: AuditedAct, work: () => Promise<Result>): Promise<Result> {
    const number = await this.#store.begin({
      ...{ act, subject: subject.slice(0, MAX_SUBJECT).toWellFormed().replaceAll('\0', '') },
      ...{ actor: this.#actor, origin: `command line of ${hostname()}`, at: this.#clock.nowMicros() },
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
}

/** A container may run as a number that has no name. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ChatError) return error.code
  return error instanceof CommandEnd ? error.message : 'a failure'
}
