import type { AccountId, ConversationId } from '../../server/src/core/chat.ts'
import { toGid } from '../../server/src/core/chat.ts'
import { systemClock } from '../../server/src/lib/clock.ts'
import { newGid } from '../../server/src/lib/ids.ts'
import { openSqliteStore } from '../../server/src/store/sqlite/index.ts'
import { bodyOf } from '../load/body.ts'
import { obey } from './part.ts'

/** Somebody who writes in one open conversation, and now and then looks into another. */
export interface Regular {
  readonly conversationId: ConversationId
  readonly otherId: ConversationId
  readonly accountId: AccountId
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

const clock = systemClock()

// The store of a node, and nothing else of it.
const store = await openSqliteStore({ file: process.env.DATABASE_FILE ?? '' })

let turn = 0

const orders = {
  write: async ({ regulars, batch, every, seconds }: Mixing): Promise<Mixed> => {
    const at = (n: number): Regular => {
      const regular = regulars[n % regulars.length]
      if (!regular) throw new Error('nobody writes')
      return regular
    }
    const startedAt = performance.now()
    const elapsed = () => (performance.now() - startedAt) / 1000
    let messages = 0
    let others = 0
    while (elapsed() < seconds) {
      const writes: Promise<unknown>[] = []
      for (let i = 0; i < batch; i++, messages++) {
        writes.push(send(at(messages), messages))
        if ((messages + 1) % every === 0) {
          writes.push(other(at(Math.floor(turn / KINDS.length)), turn++))
          others++
        }
      }
      await Promise.all(writes)
    }
    return { messages, others, seconds: elapsed() }
  },
}

function send({ conversationId, accountId }: Regular, count: number): Promise<unknown> {
  return store.messages.append({
    ...{ conversationId, senderId: accountId, clientId: null, replyTo: null },
    ...{ body: bodyOf(0, count), at: clock.nowMicros() },
  })
}

/** One after the other, by the same person: so whoever leaves has joined. */
const KINDS: readonly ((regular: Regular) => Promise<unknown>)[] = [
  ({ conversationId, accountId }) =>
    store.members.markRead({ conversationId, accountId, at: clock.nowMicros() }),
  ({ otherId, accountId }) =>
    store.members.join({ conversationId: otherId, accountId, byId: null, at: clock.nowMicros() }),
  ({ otherId, accountId }) =>
    store.members.leave({ conversationId: otherId, accountId, at: clock.nowMicros() }),
  ({ accountId }) =>
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
