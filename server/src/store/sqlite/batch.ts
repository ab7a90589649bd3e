import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { WRITES, type WriteName } from '../writes.ts'
import { engineCode, mayComeBack } from './failure.ts'
import { LogHeads } from './log-heads.ts'
import { SearchWrites } from './search-writes.ts'
import { prepare } from './statement.ts'
import { type Command, type WriteAnswer, writesOn } from './writes.ts'

class Unguarded extends Error {}

/** Runs commands in one transaction: each is refused by itself, and all are durable when `run` returns. */
export class Batch {
  readonly #db: DatabaseSync
  readonly #heads: LogHeads
  readonly #search: SearchWrites
  readonly #writes: Readonly<Record<WriteName, (argument: never) => unknown>>
  readonly #begin
  readonly #commit
  readonly #savepoint
  readonly #release
  readonly #undo

  constructor(db: DatabaseSync, heads = new LogHeads(db)) {
    this.#db = db
    this.#heads = heads
    this.#search = new SearchWrites(db)
    this.#writes = writesOn(db, { heads, search: this.#search })
    this.#begin = prepare(db, 'BEGIN IMMEDIATE')
    this.#commit = prepare(db, 'COMMIT')
    this.#savepoint = prepare(db, 'SAVEPOINT command')
    this.#release = prepare(db, 'RELEASE command')
    this.#undo = prepare(db, 'ROLLBACK TO command')
  }

  /** As in `SearchWrites.settled`. */
  get settledWords(): number {
    return this.#search.settled
  }

  run(commands: readonly Command[], isEachGuarded = false): readonly WriteAnswer[] {
    let isCommitting = false
    try {
      this.#begin.run()
      const answers = commands.map((command) => this.#answer(command, isEachGuarded))
      this.#heads.settle()
      this.#search.settle()
      isCommitting = true
      this.#commit.run()
      return answers
    } catch (error) {
      this.#heads.forget()
      this.#search.rewind(0)
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      // Nothing of the batch was stored. With a savepoint each, only the defective command fails.
      if (error instanceof Unguarded) return this.run(commands, true)
      const failure = error instanceof Error ? error : new Error(String(error))
      if (engineCode(error) === undefined) return this.#oneByOne(commands, failure)
      const isUnknown = isCommitting && mayComeBack(error)
      return commands.map(() => ({ outage: failure, isUnknown }))
    }
  }

  /** Runs each command in a commit of its own: a defect that shows only at the end of a batch is one command's too. */
  #oneByOne(commands: readonly Command[], defect: Error): readonly WriteAnswer[] {
    return commands.length === 1 ? [{ defect }] : commands.flatMap((command) => this.run([command], true))
  }

  #answer([name, argument]: Command, isEachGuarded: boolean): WriteAnswer {
    // A send reads and moves the heads itself.
    if (name !== 'messages.append') this.#heads.makeWay(WRITES[name].touches(argument as never))
    // The hottest path is spared a savepoint. A defect in an unguarded write costs one more run; see `run`.
    const isGuarded = isEachGuarded || !WRITES[name].checksFirst
    if (isGuarded) this.#savepoint.run()
    const { waiting } = this.#search
    try {
      const value = this.#writes[name](argument as never)
      if (isGuarded) this.#release.run()
      return { value }
    } catch (error) {
      // The engine's failure is everybody's.
      if (engineCode(error) !== undefined) throw error
      if (isGuarded) {
        this.#undo.run()
        this.#search.rewind(waiting)
        this.#release.run()
      }
      if (error instanceof ChatError) return { refusal: { code: error.code, details: error.details } }
      if (!isGuarded) throw new Unguarded()
      return { defect: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}
