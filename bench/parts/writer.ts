import { randomUUID } from 'node:crypto'
import type { AccountId, ConversationId } from '../../server/src/core/chat.ts'
import { systemClock } from '../../server/src/lib/clock.ts'
import { openPostgresStore } from '../../server/src/store/postgres/index.ts'
import { bodyOf } from '../load/body.ts'
import { obey } from './part.ts'

/** Somebody who writes somewhere. */
export interface Desk {
  readonly conversationId: ConversationId
  readonly senderId: AccountId
}

interface Writing {
  readonly desks: readonly Desk[]
  /** Messages that go together; the next go when these are on disk. */
  readonly batch: number
  readonly seconds: number
}

interface Written {
  /** As the store itself counts them. */
  readonly batches: number
  readonly messages: number
  readonly seconds: number
}

export type Writer = typeof orders

const clock = systemClock()
const counts = { batches: 0, messages: 0 }

// The store of a node, and nothing else of it.
const store = await openPostgresStore({
  url: process.env.DATABASE_URL ?? '',
  onStats: ({ commands }) => {
    counts.batches++
    counts.messages += commands
  },
})

const orders = {
  write: async ({ desks, batch, seconds }: Writing): Promise<Written> => {
    const before = { ...counts }
    const startedAt = performance.now()
    const elapsed = () => (performance.now() - startedAt) / 1000
    for (let n = 0; elapsed() < seconds; n += batch) {
      const sends = Array.from({ length: batch }, (_, i) => send(desks[(n + i) % desks.length], n + i))
      await Promise.all(sends)
    }
    return {
      batches: counts.batches - before.batches,
      messages: counts.messages - before.messages,
      seconds: elapsed(),
    }
  },
}

function send(desk: Desk | undefined, count: number): Promise<unknown> {
  if (!desk) throw new Error('nobody writes')
  return store.messages.append({
    ...{ ...desk, clientId: randomUUID(), replyTo: null },
    ...{ body: bodyOf(0, count), at: clock.nowMicros() },
  })
}

obey(orders, () => store.close())
