import type { DatabaseSync } from 'node:sqlite'
import type { ActEnding, NewAct } from '../store.ts'
import { prepare } from './statement.ts'

export class AuditWrites {
  readonly #begin
  readonly #end

  constructor(db: DatabaseSync) {
    this.#begin = prepare(db, 'INSERT INTO audit (at, actor, origin, act, subject) VALUES (?, ?, ?, ?, ?)')
    this.#end = prepare(db, 'UPDATE audit SET outcome = ?, ended_at = ? WHERE id = ? AND outcome IS NULL')
  }

  begin({ at, actor, origin, act, subject }: NewAct): number {
    return this.#begin.run(at, actor, origin, act, subject).lastInsertRowid
  }

  end({ number, outcome, at }: ActEnding): void {
    this.#end.run(outcome, at, number)
  }
}
