import type { AccountId, ConversationId } from '../../server/src/core/chat.ts'
import { systemClock } from '../../server/src/lib/clock.ts'
import type { NewMessage } from '../../server/src/store/store.ts'
import { bodyOf } from '../load/body.ts'

/** Somebody who writes somewhere. */
export interface Desk {
  readonly conversationId: ConversationId
  readonly senderId: AccountId
}

export const clock = systemClock()

/** The desk whose turn it is: one after the other, round and round. */
export function deskAt<D extends Desk>(desks: readonly D[], turn: number): D {
  const desk = desks[turn % desks.length]
  if (!desk) throw new Error('nobody writes')
  return desk
}

export const messageAt = (
  { conversationId, senderId }: Desk,
  count: number,
  clientId: string | null,
): NewMessage => ({
  ...{ conversationId, senderId, clientId, replyTo: null },
  ...{ body: bodyOf(0, count), at: clock.nowMicros() },
})

/** Makes batches for that long, each when the one before is on disk. Answers how many seconds it took. */
export async function inBatches(
  seconds: number,
  makeBatch: () => readonly Promise<unknown>[],
): Promise<number> {
  const startedAt = performance.now()
  const elapsed = () => (performance.now() - startedAt) / 1000
  while (elapsed() < seconds) await Promise.all(makeBatch())
  return elapsed()
}
