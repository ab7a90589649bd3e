import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Unsubscribe } from '../../src/bus/bus.ts'
import type { LocalBus } from '../../src/bus/local.ts'
import type {
  Account,
  AccountId,
  Chat,
  Conversation,
  ConversationId,
  SessionId,
} from '../../src/core/chat.ts'
import {
  type AccountNews,
  Audiences,
  DirectFeeds,
  LiveAccount,
  LiveAccounts,
  type LiveConnection,
} from '../../src/delivery/index.ts'
import { chatWith } from '../support/chat.ts'
import { Remembering } from './remembering.ts'

export const fail = (error: unknown): never => assert.fail(String(error))

/** Tells how many accounts are followed, and lets the test act while a connection waits for the news of every node. */
export class WatchedFeeds extends DirectFeeds {
  followed = 0
  onWait: () => Promise<void> = async () => {}

  override followAccount(accountId: AccountId, listener: (news: AccountNews) => void): Unsubscribe {
    this.followed++
    const unsubscribe = super.followAccount(accountId, listener)
    return () => {
      this.followed--
      unsubscribe()
    }
  }

  override accountReady(): Promise<void> {
    return this.onWait()
  }
}

/** A connection that ends when it is told to, as those of the dialects do. */
export class TestConnection implements LiveConnection {
  readonly sink = new Remembering()
  readonly log: string[] = []
  readonly sessionId?: SessionId
  hasEnded = false
  isAbsent = false
  live: LiveAccount | undefined

  constructor(sessionId?: SessionId) {
    if (sessionId !== undefined) this.sessionId = sessionId
  }

  onRevoked(): void {
    this.log.push('revoked')
    this.end().catch(fail)
  }

  onLeft(conversationId: ConversationId): void {
    this.log.push(`left ${conversationId}`)
  }

  onReviewed(): void {
    this.log.push('reviewed')
  }

  async end(): Promise<void> {
    this.hasEnded = true
    await this.live?.end()
  }

  get heard(): readonly string[] {
    return this.sink.batches.map((batch) => batch.bytes().toString())
  }
}

export const audiencesOf = (feeds: ConstructorParameters<typeof Audiences>[0]): Audiences =>
  new Audiences(feeds, (event) =>
    event.type === 'message.sent' ? { bytes: Buffer.from(event.message.body), headerBytes: 0 } : undefined,
  )

/** Ann and Ben in a conversation of Ann's, and a dialect of which one node is all. */
export async function liveWorld(t: TestContext) {
  const world = await chatWith(t, 'ann', 'ben')
  const { chat, people } = world
  const feeds = new WatchedFeeds({ bus: world.bus as LocalBus, onError: fail })
  const audiences = audiencesOf(feeds)
  const liveAccounts = new LiveAccounts({ chat, feeds, audiences, onError: fail })
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, null)
  await chat.conversations.enter(people.ben, conversation)
  return {
    ...world,
    ...{ feeds, audiences, liveAccounts, conversation },
    connect: (account: Account = people.ben, sessionId?: SessionId) =>
      connectionOf(liveAccounts, account, sessionId),
    say: (body: string) => say(chat, people.ann, conversation, body),
    isOnline: () => chat.presence.isOnline(people.ben.accountId),
  }
}

export type LiveWorld = Awaited<ReturnType<typeof liveWorld>>

export function connectionOf(liveAccounts: LiveAccounts, account: Account, sessionId?: SessionId) {
  const connection = new TestConnection(sessionId)
  const live = new LiveAccount(liveAccounts, account, connection)
  connection.live = live
  return { connection, live }
}

export async function say(chat: Chat, by: Account, conversation: Conversation, body: string): Promise<void> {
  await chat.messages.send(by, await chat.conversations.enter(by, conversation), { body })
}
