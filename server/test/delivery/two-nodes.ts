import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Listener, OnRenewed, Topic, Unsubscribe } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { ChangeLog } from '../../src/core/change-log.ts'
import { Chat, ChatError, type ConversationEvent, conversationTopic } from '../../src/core/chat.ts'
import { openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { tempDir } from '../support/temp-dir.ts'

const fail = (error: unknown) => assert.fail(String(error))

/** A bus to other nodes that the test can lose, repeat and turn round news on. */
export class WildBus extends LocalBus {
  override readonly isShared = true
  readonly #renewals = new Set<OnRenewed>()

  override subscribe<T>(topic: Topic<T>, listener: Listener<T>, onRenewed?: OnRenewed): Unsubscribe {
    if (onRenewed) this.#renewals.add(onRenewed)
    const unsubscribe = super.subscribe(topic, listener)
    return () => {
      if (onRenewed) this.#renewals.delete(onRenewed)
      unsubscribe()
    }
  }

  recover(): void {
    for (const renew of this.#renewals) renew('resumed')
  }
}

/** A log that cannot be read when the test says so, and whose answers it can keep back. */
class WildLog extends ChangeLog {
  isAway = false
  /** How often it could not be read, how many answers are or were kept back, and how many have been given. */
  refusals = 0
  kept = 0
  answers = 0
  #heldBack: Promise<void> | undefined

  /** Holds answers back until the returned function is called; each is read from the log before it waits. */
  holdBack(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#heldBack = promise
    return () => {
      this.#heldBack = undefined
      resolve()
    }
  }

  override async last(...asked: Parameters<ChangeLog['last']>): Promise<number> {
    if (this.isAway) {
      this.refusals++
      throw new ChatError('unavailable')
    }
    const last = await super.last(...asked)
    if (this.#heldBack) {
      this.kept++
      await this.#heldBack
    }
    this.answers++
    return last
  }
}

/** One node that writes, and one that hears only of what the test lets through. */
export async function twoNodes(t: TestContext, onError: (error: unknown) => void = fail) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const parts = { store, clock: systemClock(), maxMessageBytes: 100 }
  const [ownBus, wildBus] = [new LocalBus(fail), new WildBus(fail)]
  const writer = new Chat({ ...parts, bus: ownBus })
  const { accounts, conversations, sessions } = new Chat({ ...parts, bus: wildBus })
  const log = new WildLog(store)
  const chat = { accounts, conversations, sessions, changes: log }
  const feeds = openFeeds({ bus: wildBus, chat, onError })
  const ann = await writer.accounts.register({ username: 'ann', password: PASSWORD })
  const { conversation } = await writer.conversations.createOpen(ann.accountId, null)
  const { conversationId } = conversation
  const published: ConversationEvent[] = []
  ownBus.subscribe(conversationTopic(conversationId), (event) => published.push(event))
  const heard: string[] = []
  return {
    conversationId,
    feeds,
    wildBus,
    log,
    heard,
    follow: (after?: number) => feeds.follow(conversationId, (event) => heard.push(briefly(event)), after),
    /** Commits it on the other node; answers how its news is let through. */
    async say(body: string): Promise<() => void> {
      const standing = await writer.conversations.enter(ann, conversation)
      await writer.messages.send(ann, standing, { body })
      const event = published.at(-1)
      assert.ok(event)
      return () => wildBus.publish(conversationTopic(conversationId), event)
    },
    async deleteFirst(): Promise<void> {
      const [first] = await writer.messages.list({ conversationId, after: 0, limit: 1 })
      assert.ok(first)
      await writer.messages.delete(ann.accountId, first.messageId)
    },
  }
}

export const briefly = (event: ConversationEvent): string =>
  event.type === 'message.sent' ? event.message.body : event.type
