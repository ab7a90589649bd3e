import { setTimeout } from 'node:timers/promises'
import { ChatError } from '../../core/errors.ts'
import { owned, report } from '../../lib/guard.ts'
import { entriesOf, type Indexable } from '../search-index.ts'
import type { Queryable } from './driver/index.ts'
import { isSchemaGone } from './failure.ts'
import { prepare } from './statement.ts'

/** Milliseconds. */
interface Pauses {
  /** Between two looks for messages that are not indexed yet. */
  readonly look: number
  /** The same at a node that was too late, so that mostly one node follows; and while the database is away. */
  readonly late: number
}
/** Messages that are indexed in one transaction. */
const STEP_MESSAGES = 500
/** Milliseconds after which a transaction that writes messages has certainly ended: statements have five seconds. */
const LONGEST_BATCH_MS = 30_000

/** UTF-16 units of text after which a step ends. */
const STEP_UNITS = 131_072

interface FollowedRow extends Indexable {
  readonly messageId: number
  readonly change: number
  readonly isDeleted: boolean
}

/** Ids up to this one were drawn by transactions before `xmax`. */
interface Drawn {
  readonly upTo: number
  readonly xmax: bigint
  readonly at: number
}

/**
 * Indexes the words of messages after their commits, in the order of their ids. Nodes commit out of that order, so an
 * id is passed only when every transaction has ended that was there when it had been drawn.
 */
export class SearchFollower {
  readonly #position
  readonly #horizon
  readonly #next
  readonly #add
  readonly #pauses: Pauses
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #drawn: Drawn | undefined
  /** Every message up to this id is committed, or will never be there. */
  #settled = 0

  constructor(sql: Queryable, pauses: Pauses = { look: 200, late: 2_000 }) {
    this.#pauses = pauses
    this.#position = prepare<{ position: number; drawn: number }>(sql, POSITION)
    this.#horizon = prepare<{ xmin: string; xmax: string }>(sql, HORIZON)
    this.#next = prepare<FollowedRow>(sql, NEXT)
    this.#add = prepare<{ upTo: number | null }>(sql, ADD)
    this.#running = this.#run()
    owned('postgres', this.#running)
  }

  /** Ends after the step that is under way. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    let pauseMs = this.#pauses.look
    while (!signal.aborted) {
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) pauseMs = await this.#step().catch((error) => this.#pauseAfter(error))
    }
  }

  /** Answers how many milliseconds to wait for the next. */
  async #step(): Promise<number> {
    const { look, late } = this.#pauses
    const at = await this.#position.get()
    if (!at || at.drawn <= at.position) return look
    await this.#settle(at.drawn)
    if (this.#settled <= at.position) return look
    const all = await this.#next.all(at.position, this.#settled, STEP_MESSAGES)
    const rows = firstOf(all)
    const isLast = all.length < STEP_MESSAGES && rows.length === all.length
    const upTo = isLast ? this.#settled : (rows.at(-1)?.messageId ?? this.#settled)
    const messages = rows
      .filter(({ isDeleted }) => !isDeleted)
      .map((row) => ({ id: row.messageId, change: row.change, words: entriesOf(row) }))
    const added = await this.#add.get(at.position, upTo, JSON.stringify(messages))
    if (!added || added.upTo === null) return late
    // Short of the end, a text has changed since it was read.
    return isLast && added.upTo === upTo ? look : 0
  }

  /** Learns which ids are settled. `drawn` was read before. */
  async #settle(drawn: number): Promise<void> {
    const horizon = await this.#horizon.get()
    if (!horizon) return
    const now = performance.now()
    const earlier = this.#drawn
    if (earlier && (BigInt(horizon.xmin) >= earlier.xmax || now - earlier.at > LONGEST_BATCH_MS)) {
      this.#settled = earlier.upTo
      this.#drawn = undefined
    }
    this.#drawn ??= { upTo: drawn, xmax: BigInt(horizon.xmax), at: now }
  }

  /** A database that is away is asked again; anything else is a defect of ours. */
  #pauseAfter(error: unknown): number {
    if (!(error instanceof ChatError || isSchemaGone(error))) report('postgres', error)
    return this.#pauses.late
  }
}

function firstOf(rows: readonly FollowedRow[]): readonly FollowedRow[] {
  let units = 0
  const end = rows.findIndex(({ body }) => {
    units += body.length
    return units > STEP_UNITS
  })
  return end < 0 ? rows : rows.slice(0, end + 1)
}

const POSITION = `
  SELECT coalesce((SELECT message_id FROM search_position), 0) AS "position",
    CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS "drawn"
  FROM message_ids`

const HORIZON = `
  SELECT pg_snapshot_xmin(s)::text AS "xmin", pg_snapshot_xmax(s)::text AS "xmax" FROM pg_current_snapshot() s`

const NEXT = `
  SELECT t.id AS "messageId", t.conversation_id AS "conversationId", t.seq AS "seq", t.sender_id AS "senderId",
    t.body AS "body", coalesce(t.text_change, t.change) AS "change", t.is_deleted AS "isDeleted"
  FROM messages t WHERE t.id > $1 AND t.id <= $2 ORDER BY t.id LIMIT $3`

const ADD = 'SELECT chat_search_step($1, $2, $3::text::json) AS "upTo"'
