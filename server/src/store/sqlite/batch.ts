import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { engineCode, mayComeBack } from './failure.ts'
import { LogHeads } from './log-heads.ts'
import { prepare } from './statement.ts'
import { type Command, type WriteAnswer, type WriteName, writesOn } from './writes.ts'

// These check everything before they write anything: their refusal leaves nothing to take back, so the
// hottest path is spared a savepoint. (Their defects do; see `run`.)
const CHECK_FIRST: ReadonlySet<WriteName> = new Set<WriteName>(['messages.append'])
const NONE: ReadonlySet<WriteName> = new Set()

// These neither read nor write what the heads of the logs are. Before any other, these are settled and forgotten.
const SPARE_HEADS: ReadonlySet<WriteName> = new Set<WriteName>([
  ...(['ping', 'messages.append', 'contacts.add', 'members.setCurrent'] as const),
  ...(['accounts.create', 'accounts.setBio', 'accounts.setSeen', 'accounts.revoke'] as const),
  ...(['accounts.enable', 'accounts.setPassword', 'accounts.freeGuests'] as const),
  ...(['sessions.open', 'sessions.touch'] as const),
])

class Unguarded extends Error {}

/** Runs commands in one transaction: each is refused by itself, and all are durable when `run` returns. */
export class Batch {
  readonly #db: DatabaseSync
  readonly #heads: LogHeads
  readonly #writes: Readonly<Record<WriteName, (argument: never) => unknown>>
  readonly #begin
  readonly #commit
  readonly #savepoint
  readonly #release
  readonly #undo

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#heads = new LogHeads(db)
    this.#writes = writesOn(db, this.#heads)
    this.#begin = prepare(db, 'BEGIN IMMEDIATE')
    this.#commit = prepare(db, 'COMMIT')
    this.#savepoint = prepare(db, 'SAVEPOINT command')
    this.#release = prepare(db, 'RELEASE command')
    this.#undo = prepare(db, 'ROLLBACK TO command')
  }

  run(commands: readonly Command[], unguarded = CHECK_FIRST): readonly WriteAnswer[] {
    let isCommitting = false
    try {
      this.#begin.run()
      const answers = commands.map((command) => this.#answer(command, unguarded))
      this.#heads.settle()
      isCommitting = true
      this.#commit.run()
      return answers
    } catch (error) {
      this.#heads.forget()
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      // Nothing of the batch was stored. With a savepoint each, only the defective command fails.
      if (error instanceof Unguarded) return this.run(commands, NONE)
      const failure = error instanceof Error ? error : new Error(String(error))
      if (engineCode(error) === undefined) return this.#oneByOne(commands, failure)
      const isUnknown = isCommitting && mayComeBack(error)
      return commands.map(() => ({ outage: failure, isUnknown }))
    }
  }

  /** Runs each command in a commit of its own: a defect that shows only at the end of a batch is one command's too. */
  #oneByOne(commands: readonly Command[], defect: Error): readonly WriteAnswer[] {
    return commands.length === 1 ? [{ defect }] : commands.flatMap((command) => this.run([command], NONE))
  }

  #answer([name, argument]: Command, unguarded: ReadonlySet<WriteName>): WriteAnswer {
    if (!SPARE_HEADS.has(name)) {
      this.#heads.settle()
      this.#heads.forget()
    }
    const isGuarded = !unguarded.has(name)
    if (isGuarded) this.#savepoint.run()
    try {
      const value = this.#writes[name](argument as never)
      if (isGuarded) this.#release.run()
      return { value }
    } catch (error) {
      // The engine's failure is everybody's.
      if (engineCode(error) !== undefined) throw error
      if (isGuarded) {
        this.#undo.run()
        this.#release.run()
      }
      if (error instanceof ChatError) return { refusal: { code: error.code, details: error.details } }
      if (!isGuarded) throw new Unguarded()
      return { defect: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}
