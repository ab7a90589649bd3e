import { setImmediate } from 'node:timers/promises'
import type { Resume } from '@parlance/protocol'
import type { LongAnswers } from '../../../answers/index.ts'
import type { Chat, ConversationId } from '../../../core/chat.ts'
import type { LiveAccount } from '../../../delivery/index.ts'
import type { WsConnection } from '../../../transport/index.ts'
import type { Asker } from '../call.ts'
import { sessionName } from '../credentials.ts'
import { ownAccountOf } from '../wire.ts'
import type { MissedChanges } from './changes.ts'
import { renderEvent } from './events.ts'
import { LIVE, RESUMED, readyFrame } from './frames.ts'
import type { Listings } from './listings.ts'
import type { OwnNews } from './own-news.ts'
import { Resumption } from './resumption.ts'

export interface OpeningParts {
  readonly chat: Chat
  readonly answers: LongAnswers
  readonly listings: Listings
  readonly missed: MissedChanges
  /** The database's. */
  readonly epoch: string
}

/** Seconds: a client, or the server, says something at least as often. */
const HEARTBEAT_SECONDS = 25

interface Opened {
  readonly asker: Asker
  readonly live: LiveAccount
  readonly ws: WsConnection
  readonly news: OwnNews
  readonly resume: Resume | undefined
}

/** A connection's way from its hello to `live`. */
export class Opening {
  readonly #parts: OpeningParts
  readonly #opened: Opened

  constructor(parts: OpeningParts, opened: Opened) {
    this.#parts = parts
    this.#opened = opened
  }

  /** `onReady` is called once `ready` has been sent: requests are answered from then on. */
  async run(onReady: () => void): Promise<void> {
    const { live, ws, news, resume } = this.#opened
    const { answers } = this.#parts
    const { lastChanges, cursor, epoch, hasMore } = await this.#sayReady()
    if (live.isOver) return
    onReady()
    // Frames leave at the end of a turn, and with thousands of conversations the rest of this one takes milliseconds. A
    // client that resumes has its conversations already, and many of them come at once.
    if (hasMore && !resume) await setImmediate()
    let told = cursor
    // Connections of one account join one after the other: each may have thousands of conversations to join.
    await answers.inTurn(live.accountId, () =>
      live.conversations.joinAll(async (own) => {
        if (resume) told = await this.#resume(resume, { own, cursor, epoch })
        await this.#joinListed(lastChanges, own)
      }),
    )
    if (live.isOver) return
    // Only now: a row about a conversation that is not heard yet would be taken for the joining of it.
    news.begin(told)
    ws.sendFrame(LIVE)
  }

  async #sayReady() {
    const { asker, ws, live } = this.#opened
    const { chat, listings } = this.#parts
    const { account, session } = asker
    const { accountId } = account
    const { epoch } = this.#parts
    const [settings, cursor] = await Promise.all([
      chat.profiles.settings(accountId),
      chat.accountState.cursor(accountId),
    ])
    // After the cursor: what the listings show beyond it is told again, and nothing is left out.
    const { listings: newest, own, next, lastChanges } = await listings.newest(accountId)
    if (!live.isOver)
      ws.sendFrame(
        readyFrame(newest, {
          ...{ epoch, session: sessionName(session), account: ownAccountOf(account, settings), cursor },
          ...{ own, next, heartbeat: HEARTBEAT_SECONDS },
        }),
      )
    return { lastChanges, cursor, epoch, hasMore: next !== null }
  }

  async #resume(
    resume: Resume,
    server: { own: ReadonlySet<ConversationId>; cursor: number; epoch: string },
  ): Promise<number> {
    const { live, ws, news } = this.#opened
    const told = await new Resumption(this.#parts, { live, ws, news }).run(resume, server)
    if (!live.isOver) ws.sendFrame(RESUMED)
    return told
  }

  /** Those of which `ready` has told are heard from where it left off. */
  async #joinListed(
    lastChanges: ReadonlyMap<ConversationId, number>,
    own: ReadonlySet<ConversationId>,
  ): Promise<void> {
    const { conversations } = this.#opened.live
    const joining: Promise<void>[] = []
    // After a resumption nearly all are heard already.
    for (const [conversationId, known] of lastChanges)
      if (own.has(conversationId) && !conversations.has(conversationId))
        joining.push(this.#joinAfter(conversationId, known))
    await Promise.all(joining)
  }

  async #joinAfter(conversationId: ConversationId, known: number): Promise<void> {
    const { live, ws } = this.#opened
    const { missed, chat } = this.#parts
    const { changes } = chat
    const { conversations } = live
    if (conversations.has(conversationId)) return
    const hold = conversations.hold(conversationId)
    await conversations.ready(conversationId)
    const last = await changes.last(conversationId)
    let told = known
    while (told < last) {
      const { events, upTo } = await changes.since(conversationId, told)
      const tombstones = new Map(
        await Promise.all(events.map(async (event) => [event, await missed.tombstoneOf(event)] as const)),
      )
      if (!conversations.has(conversationId) || upTo === told) return
      for (const event of events) {
        const frame = renderEvent(event, tombstones.get(event))
        if (frame) ws.sendFrame(frame)
      }
      told = upTo
    }
    hold?.release(told)
  }
}
