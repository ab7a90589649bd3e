import { type ConversationId, toGid } from '../../server/src/core/chat.ts'
import { newGid } from '../../server/src/lib/ids.ts'
import { openSqliteStore } from '../../server/src/store/sqlite/index.ts'
import { clock, type Desk, deskAt, inBatches, messageAt } from './desk.ts'
import { obey } from './part.ts'

/** Somebody who writes in one open conversation, and now and then looks into another. */
export interface Regular extends Desk {
  readonly otherId: ConversationId
}

interface Mixing {
  readonly regulars: readonly Regular[]
  /** Sends that go together; the next go when these are on disk. */
  readonly batch: number
  /** After so many sends comes one other write; Infinity for none. */
  readonly every: number
  readonly seconds: number
}

interface Mixed {
  readonly messages: number
  readonly others: number
  readonly seconds: number
}

export type MixedWriter = typeof orders

// The store of a node, and nothing else of it.
const store = await openSqliteStore({ file: process.env.DATABASE_FILE ?? '' })

let turn = 0

const orders = {
  write: async ({ regulars, batch, every, seconds }: Mixing): Promise<Mixed> => {
    let messages = 0
    let others = 0
    const took = await inBatches(seconds, () => {
      const writes: Promise<unknown>[] = []
      for (let i = 0; i < batch; i++, messages++) {
        writes.push(store.messages.append(messageAt(deskAt(regulars, messages), messages, null)))
        if ((messages + 1) % every === 0) {
          writes.push(other(deskAt(regulars, Math.floor(turn / KINDS.length)), turn++))
          others++
        }
      }
      return writes
    })
    return { messages, others, seconds: took }
  },
}

/** One after the other, by the same person: so whoever leaves has joined. */
const KINDS: readonly ((regular: Regular) => Promise<unknown>)[] = [
  ({ conversationId, senderId: accountId }) =>
    store.members.markRead({ conversationId, accountId, at: clock.nowMicros() }),
  ({ otherId, senderId: accountId }) =>
    store.members.join({ conversationId: otherId, accountId, added: null, at: clock.nowMicros() }),
  ({ otherId, senderId: accountId }) =>
    store.members.leave({ conversationId: otherId, accountId, heirId: null, at: clock.nowMicros() }),
  ({ senderId: accountId }) =>
    store.conversations.create({
      ...{ gid: toGid(newGid()), kind: 'group', name: null },
      ...{ creatorId: accountId, memberIds: [accountId], at: clock.nowMicros() },
    }),
]

function other(regular: Regular, n: number): Promise<unknown> {
  const write = KINDS[n % KINDS.length]
  if (!write) throw new Error('no such write')
  return write(regular)
}

obey(orders, () => store.close())
