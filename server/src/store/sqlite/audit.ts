import type { DatabaseSync } from 'node:sqlite'
import type { Act, ActEnding, AuditStore, NewAct } from '../store.ts'
import { read } from './failure.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteAudit implements AuditStore {
  readonly #writer: WriteQueue
  readonly #list

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Act>(db, LIST)
  }

  begin(act: NewAct): Promise<number> {
    return this.#writer.write('audit.begin', act)
  }

  end(ending: ActEnding): Promise<void> {
    return this.#writer.write('audit.end', ending)
  }

  list({ before, limit }: { before: number; limit: number }): Promise<readonly Act[]> {
    return read(() => this.#list.all(before, limit).map((row) => ({ ...row })))
  }
}

const LIST = `
  SELECT id AS number, at, actor, origin, act, subject, outcome, ended_at AS endedAt FROM audit
  WHERE id < ? ORDER BY id DESC LIMIT ?`
