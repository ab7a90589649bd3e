import { runNextTurn } from '../../../lib/timers.ts'
import { NoAnswer, within } from '../../../lib/within.ts'
import { Unsent } from '../failure.ts'
import type { Sql } from './connect.ts'
import { Connections } from './connections.ts'
import type { Queryable, Question, Rows } from './queryable.ts'

interface PoolOptions {
  readonly open: (onLost: () => void) => Sql
  /** How long queries that are still on their way in replaced connections may take. 0: they never run. */
  readonly graceSeconds: number
}

/**
 * Connections that are all replaced when one of them is lost, as by a restart of the database. A connection of the
 * driver that is lost while it has something to write never sends a word again. It fails only after its time to
 * connect is up (postgres 3.4.9; pull requests 1176, 1209 and 1215 of porsager/postgres).
 */
export class Pool implements Queryable {
  readonly #options: PoolOptions
  #present: Connections | undefined
  #isEnded = false

  /** Connects when first used. */
  constructor(options: PoolOptions) {
    this.#options = options
  }

  async ask({ text, parameters, withinMs }: Question): Promise<Rows> {
    // Nobody would end the connections that it would make.
    if (this.#isEnded) throw new Unsent(new PoolEnded())
    const connections = this.#connected()
    const { rows, wasSent } = connections.ask(text, parameters)
    try {
      return await within(withinMs, 'the database', rows)
    } catch (error) {
      if (error instanceof NoAnswer) this.#replace(connections)
      throw wasSent() ? error : new Unsent(error)
    }
  }

  /** Later questions go over new connections, which lead where the address leads by then. */
  renew(): void {
    if (this.#present) this.#replace(this.#present)
  }

  /** Waits so many seconds for what is on its way. Refuses each question from now on. */
  async end(timeout: number): Promise<void> {
    this.#isEnded = true
    const present = this.#present
    this.#present = undefined
    await present?.end(timeout)
  }

  #connected(): Connections {
    this.#present ??= this.#connect()
    return this.#present
  }

  #connect(): Connections {
    const connections = new Connections(this.#options.open(() => this.#replace(connections)))
    return connections
  }

  /** Once, however many wait for an answer over them: those that were made since are not to blame. */
  #replace(connections: Connections): void {
    if (this.#present !== connections) return
    this.#present = undefined
    // Not while the driver is telling of the loss.
    runNextTurn(() => connections.end(this.#options.graceSeconds))
  }
}

class PoolEnded extends Error {
  readonly code = 'CONNECTION_ENDED'

  constructor() {
    super('the connections to the database are closed')
  }
}
