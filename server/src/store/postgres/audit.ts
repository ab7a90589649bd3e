import type { Act, ActEnding, AuditStore, NewAct } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresAudit implements AuditStore {
  readonly #writer: WriteQueue
  readonly #list

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Act>(sql, LIST)
  }

  begin(act: NewAct): Promise<number> {
    return this.#writer.write('audit.begin', act)
  }

  end(ending: ActEnding): Promise<void> {
    return this.#writer.write('audit.end', ending)
  }

  list({ before, limit }: { before: number; limit: number }): Promise<readonly Act[]> {
    return this.#list.all(before, limit)
  }
}

const LIST = `
  SELECT id AS "number", at, actor, origin, act, subject, outcome, ended_at AS "endedAt" FROM audit
  WHERE id < $1 ORDER BY id DESC LIMIT $2`
