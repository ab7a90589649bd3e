import { randomUUID } from 'node:crypto'
import { openPostgresStore } from '../../server/src/store/postgres/index.ts'
import { type Desk, deskAt, inBatches, messageAt } from './desk.ts'
import { obey } from './part.ts'

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
    let count = 0
    const took = await inBatches(seconds, () =>
      Array.from({ length: batch }, () => {
        const message = messageAt(deskAt(desks, count), count, randomUUID())
        count++
        return store.messages.append(message)
      }),
    )
    return {
      batches: counts.batches - before.batches,
      messages: counts.messages - before.messages,
      seconds: took,
    }
  },
}

obey(orders, () => store.close())
