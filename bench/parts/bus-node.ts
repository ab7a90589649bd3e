import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LocalBus } from '../../server/src/bus/local.ts'
import { RedisBus } from '../../server/src/bus/redis/index.ts'
import {
  Chat,
  type ConversationEvent,
  conversationTopic,
  toAccountId,
  toConversationId,
  toGid,
  toMessageId,
  toSender,
} from '../../server/src/core/chat.ts'
import { Audiences, openFeeds, type Sink } from '../../server/src/delivery/index.ts'
import { systemClock } from '../../server/src/lib/clock.ts'
import { newGid, newUuid } from '../../server/src/lib/ids.ts'
import { openSqliteStore } from '../../server/src/store/sqlite/index.ts'
import { bodyOf } from '../load/body.ts'
import { obey } from './part.ts'

/** Ids that follow one another. */
export interface Range {
  readonly first: number
  readonly count: number
}

interface Publishing {
  /** Where, in turn. */
  readonly conversations: Range
  /** The number of messages that were published there before. */
  readonly after: number
  readonly parcels: number
  /** Messages of one turn. */
  readonly together: number
  /** From a turn's to the next, at least: those that are late must not come together. */
  readonly everyMs: number
}

export type BusNode = typeof orders

const AT_ONCE = 500

const clock = systemClock()
const onError = (error: unknown): void => {
  throw error
}

// The parts of a node between Redis and its clients, without clients. Its database is empty: no news is missed
// in Redis, so nothing is looked for in the database.
const directory = await mkdtemp(join(tmpdir(), 'parlance-bench-'))
const store = await openSqliteStore({ file: join(directory, 'parlance.db') })
const { REDIS_URL } = process.env
const bus =
  REDIS_URL === undefined
    ? new LocalBus(onError)
    : await RedisBus.open({ url: REDIS_URL, cluster: 'bench', onError, onDown: onError })
const chat = new Chat({ store, bus, clock, maxMessageBytes: 1000 })
const feeds = openFeeds({ bus, chat, onError })
let heard = 0
const audiences = new Audiences(feeds, () => {
  heard++
  return undefined
})
const deaf: Sink = { push: () => undefined, send: () => undefined }

const orders = {
  /** Listens to conversations, as for a client of this node. */
  follow: (range: Range) =>
    inTurns(range, (n) => {
      const conversationId = toConversationId(n)
      audiences.join(conversationId, deaf)
      return audiences.ready(conversationId)
    }),

  /** People come online here. */
  welcome: (range: Range) =>
    inTurns(range, (n) => {
      feeds.followAccount(toAccountId(n), () => undefined)
      return chat.presence.connect(personOf(n))
    }),

  /** Tells the other nodes of messages. */
  publish: async ({ conversations, after, parcels, together, everyMs }: Publishing): Promise<void> => {
    const { first, count } = conversations
    for (let n = 0; n < parcels; n++) {
      if (n % together === 0) await setTimeout(everyMs)
      const event = messageOf(first + (n % count), 1 + Math.floor((after + n) / count))
      bus.publish(conversationTopic(event.conversationId), event)
    }
  },

  countHeard: async (): Promise<number> => heard,

  /** Bytes of what it keeps. The memory of the process has holes besides, and what V8 has not given back. */
  measureHeap: async (): Promise<number> => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
}

async function inTurns({ first, count }: Range, task: (n: number) => Promise<unknown>): Promise<void> {
  for (let from = first; from < first + count; from += AT_ONCE) {
    const turn = Array.from({ length: Math.min(AT_ONCE, first + count - from) }, (_, i) => task(from + i))
    await Promise.all(turn)
  }
}

const personOf = (n: number) =>
  toSender({ accountId: toAccountId(n), uuid: newUuid(), username: `person${n}`, displayName: `Person ${n}` })

const sender = personOf(1)
const at = clock.nowMicros()
const group = {
  ...{ gid: toGid(newGid()), kind: 'group' as const, name: 'a group', creatorId: sender.accountId },
  ...{ createdAt: at, updatedAt: at, activityAt: at, lastSeq: 1000, lastChange: 1000, rewrites: 0 },
}

/** The n-th message of its conversation, with all fields that a node publishes. */
function messageOf(conversation: number, n: number): ConversationEvent {
  const conversationId = toConversationId(conversation)
  return {
    ...{ type: 'message.sent', conversationId, change: n, conversation: { conversationId, ...group } },
    message: {
      ...{ messageId: toMessageId(conversation * 1000 + n), conversationId, seq: n },
      ...{
        senderId: sender.accountId,
        replyTo: null,
        body: bodyOf(0, n),
        sentAt: clock.nowMicros(),
        editedAt: null,
        sender,
      },
    },
  }
}

obey(orders, async () => {
  await bus.close()
  await store.close()
  await rm(directory, { recursive: true })
})
