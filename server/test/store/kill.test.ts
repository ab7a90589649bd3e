import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { deep } from '../support/deep.ts'
import { tempDir } from '../support/temp-dir.ts'
import { findHoles } from './series.ts'
import { series } from './world.ts'

const CYCLES = deep(10)
const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

interface Sent {
  readonly messageId: number
  readonly conversationId: number
  readonly senderId: number
  readonly seq: number
  readonly change: number
  readonly body: string
}
type Fact =
  | ({ readonly type: 'sent' } & Sent)
  | { readonly type: 'deleted'; readonly messageId: number }
  | { readonly type: 'purged'; readonly conversationId: number; readonly upToSeq: number }

/** All that a server acknowledged until it was killed in the middle of its work. */
async function runAndKill(file: string, cycle: number): Promise<readonly Fact[]> {
  const child = spawn(process.execPath, [CHILD, file, String(cycle)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const deadline = randomInt(1, 2000)
  let lines: string[] = ['']
  for await (const text of child.stdout.setEncoding('utf8')) {
    const [end = '', ...begun] = text.split('\n')
    lines = lines.concat(`${lines.pop()}${end}`, begun)
    if (lines.length > deadline) child.kill('SIGKILL')
  }
  const [, signal] = await ended
  assert.equal(signal, 'SIGKILL', 'it ran until it was killed')
  // The kill may have cut the last line short.
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}

function findLost(db: DatabaseSync, facts: readonly Fact[]): Fact[] {
  const find = db.prepare(
    'SELECT conversation_id, sender_id, seq, change, body, deleted_at FROM messages WHERE id = ?',
  )
  const deleted = new Set(facts.flatMap((fact) => (fact.type === 'deleted' ? [fact.messageId] : [])))
  const firstSeqs = new Map(
    db
      .prepare('SELECT id, first_seq FROM conversations')
      .all()
      .map((row) => [row.id, Number(row.first_seq)]),
  )
  const purged = db.prepare('SELECT message_id FROM purged_sends').all()
  const purgedIds = new Set(purged.map((row) => row.message_id))
  return facts.filter((fact) => {
    if (fact.type === 'purged') return !(Number(firstSeqs.get(fact.conversationId)) > fact.upToSeq)
    const row = find.get(fact.messageId)
    // A purge that nobody was told of yet may be whole, and is nothing in between.
    if (purgedIds.has(fact.messageId)) return row !== undefined || !isPurged(fact, firstSeqs)
    if (!row) return true
    if (fact.type === 'deleted') return row.deleted_at === null || row.body !== ''
    const isBodyKept = row.body === fact.body || (row.body === '' && row.deleted_at !== null)
    const isWhole = deleted.has(fact.messageId) ? row.deleted_at !== null : isBodyKept
    const isInPlace = row.seq === fact.seq && row.change === fact.change
    return !(
      isWhole &&
      isInPlace &&
      row.conversation_id === fact.conversationId &&
      row.sender_id === fact.senderId
    )
  })
}

const isPurged = (fact: Fact, firstSeqs: ReadonlyMap<unknown, number>): boolean =>
  fact.type !== 'sent' || fact.seq < Number(firstSeqs.get(fact.conversationId))

function check(file: string, facts: readonly Fact[]): void {
  // Opens only because the lock of the killed died with it.
  const { db, close } = openForWriting(file)
  assert.deepEqual(findLost(db, facts), [])
  assert.deepEqual(findHoles(db), [])
  assert.deepEqual(db.prepare(DUPLICATES).all(), [])
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), [])
  close()
}

const DUPLICATES = `
  SELECT body FROM messages WHERE deleted_at IS NULL GROUP BY sender_id, body HAVING count(*) > 1`

test(`loses and doubles nothing acknowledged in ${CYCLES} kills under load`, async (t) => {
  const file = join(await tempDir(t), 'parlance.db')
  const facts: Fact[] = []
  for (const cycle of series(CYCLES)) {
    const acknowledged = await runAndKill(file, cycle)
    check(file, acknowledged)
    facts.push(...acknowledged)
  }
  check(file, facts)
  assert.ok(facts.some(({ type }) => type === 'purged'))
  t.diagnostic(`${facts.length} acknowledged writes, all there`)
})
