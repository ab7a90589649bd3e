import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { toAccountId } from '../../../core/types.ts'
import { pairOf } from '../../pair.ts'
import type { Note } from '../../staged.ts'
import { prepare } from '../statement.ts'
import { PLACE_MESSAGE, RAW_MESSAGES, SETTLING } from './settling.ts'

interface SettleOptions {
  readonly note: (note: Note) => void
  /** Called with how many more messages are in their places. */
  readonly onMessages: (count: number) => void
}

/** Messages between two pauses, in which a signal is heard. */
const SLICE = 1_000

/** Gives everything that is staged its place in a database of Parlance. */
export async function settle(db: DatabaseSync, { note, onMessages }: SettleOptions): Promise<void> {
  db.exec(SETTLING.creators)
  leaveOutEmpty(db, note)
  settlePairs(db, note)
  await placeMessages(db, onMessages)
  for (const statement of SETTLING.afterMessages) {
    db.exec(statement)
    await setImmediate()
  }
  for (const { conversation, key, lost } of prepare<Lost>(db, SETTLING.lostReplies).iterate())
    note({
      ...{ what: 'message', place: `conversation ${conversation}, message ${key}`, done: 'changed' },
      why: 'the message that it answers is not there, so it answers none',
      before: lost,
    })
  db.exec(SETTLING.end)
}

interface Lost {
  readonly conversation: string
  readonly key: string
  readonly lost: string
}

interface Found {
  readonly id: number
  readonly key: string
}

function leaveOutEmpty(db: DatabaseSync, note: SettleOptions['note']): void {
  const empty = prepare<Found>(
    db,
    'SELECT id, key FROM conversations WHERE creator_id IS NULL ORDER BY id',
  ).all()
  const remove = prepare(db, 'DELETE FROM conversations WHERE id = ?')
  const forget = prepare(db, 'DELETE FROM aliases WHERE conversation_id = ?')
  const leave = prepare(
    db,
    'UPDATE accounts SET current_conversation_id = NULL WHERE current_conversation_id = ?',
  )
  for (const { id, key } of empty) {
    for (const statement of [forget, leave, remove]) statement.run(id)
    note({
      what: 'conversation',
      place: key,
      done: 'left out',
      why: 'nobody is in it, and nobody has written in it',
    })
  }
}

interface Candidate extends Found {
  readonly kind: 'private' | 'unsaid'
  readonly members: number
  readonly low: number
  readonly high: number
}

function settlePairs(db: DatabaseSync, note: SettleOptions['note']): void {
  const candidates = prepare<Candidate>(db, SETTLING.candidates).all()
  const isTaken = prepare(db, 'SELECT 1 FROM conversations WHERE pair = ?')
  const setPair = prepare(db, "UPDATE conversations SET kind = 'private', pair = ?, name = NULL WHERE id = ?")
  const setGroup = prepare(db, "UPDATE conversations SET kind = 'group' WHERE id = ?")
  for (const { id, key, kind, members, low, high } of candidates) {
    const pair = members === 2 ? pairOf([toAccountId(low), toAccountId(high)]) : undefined
    if (pair !== undefined && !isTaken.get(pair)) {
      setPair.run(pair, id)
      continue
    }
    setGroup.run(id)
    if (kind === 'unsaid' && pair === undefined) continue
    const why =
      pair === undefined ? `it has ${members} members` : 'its two members have a private one already'
    note({
      what: 'conversation',
      place: key,
      done: 'changed',
      why: `${why}, so it is a group`,
      after: 'group',
    })
  }
}

interface Raw {
  readonly conversationId: number
  readonly rawId: number
  readonly at: number
  readonly id: number
}

interface End {
  readonly conversationId: number
  readonly seq: number
  readonly at: number
  readonly id: number
}

/** In a conversation the ids grow with the places, and times do so too: messages of one moment are a microsecond apart. */
async function placeMessages(db: DatabaseSync, onMessages: SettleOptions['onMessages']): Promise<void> {
  if (prepare(db, 'SELECT 1 FROM raw_messages WHERE id IS NULL LIMIT 1').get()) db.exec(SETTLING.numbers)
  const place = prepare(db, PLACE_MESSAGE)
  const end = prepare(db, SETTLING.ends)
  let last: End | undefined
  let sliced = 0
  const close = () => last && end.run(last.seq, last.id, last.at, last.conversationId)
  for (const { conversationId, rawId, at, id } of prepare<Raw>(db, RAW_MESSAGES).iterate()) {
    if (last?.conversationId !== conversationId) {
      close()
      last = undefined
    }
    const sentAt: number = Math.max(at, (last?.at ?? 0) + 1)
    const seq: number = (last?.seq ?? 0) + 1
    place.run(seq, sentAt, rawId)
    last = { conversationId, seq, at: sentAt, id }
    sliced += 1
    if (sliced % SLICE !== 0) continue
    onMessages(SLICE)
    await setImmediate()
  }
  close()
  onMessages(sliced % SLICE)
}
