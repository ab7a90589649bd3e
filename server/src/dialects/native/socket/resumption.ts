import type { Resume } from '@parlance/protocol'
import type { LongAnswers } from '../../../answers/index.ts'
import type { Chat, ConversationId } from '../../../core/chat.ts'
import type { Hold, LiveAccount } from '../../../delivery/index.ts'
import { pause } from '../../../lib/slices.ts'
import type { WsConnection } from '../../../transport/index.ts'
import { conversationIdIn } from '../names.ts'
import { MAX_CHANGES, type MissedChanges } from './changes.ts'
import { accountGapFrame, epochGapFrame, gapFrame, goneFrame, stateFrame, wholeFrames } from './frames.ts'
import type { OwnNews } from './own-news.ts'
import { keepingPace } from './reader-pace.ts'

interface ResumptionParts {
  readonly chat: Chat
  readonly answers: LongAnswers
  readonly missed: MissedChanges
}

/** Changes of all conversations together that are told; what is past it is a gap, conversation by conversation. */
const MAX_CHANGES_IN_ALL = 5_000
/** Rows of the account's own state that are told, and those of one page. */
const MAX_ROWS = 5_000
const ROWS_OF_PAGE = 500
/** Conversations that are taken together, before others have their turn. */
const AT_ONCE = 100

interface Server {
  /** The account's conversations, without those that it leaves meanwhile. */
  readonly own: ReadonlySet<ConversationId>
  /** As `ready` has told them. */
  readonly cursor: number
  readonly epoch: string
}

interface Held {
  readonly conversationId: ConversationId
  readonly known: number
  readonly hold: Hold | undefined
}

/** Tells a client that comes back what it missed, and has it hear on from there. */
export class Resumption {
  readonly #parts: ResumptionParts
  readonly #client: { readonly live: LiveAccount; readonly ws: WsConnection; readonly news: OwnNews }
  #left = MAX_CHANGES_IN_ALL

  constructor(parts: ResumptionParts, client: { live: LiveAccount; ws: WsConnection; news: OwnNews }) {
    this.#parts = parts
    this.#client = client
  }

  /** Answers the account's number up to which the client has been told. */
  async run({ epoch, cursor, conversations }: Resume, server: Server): Promise<number> {
    const { ws, live } = this.#client
    if (epoch !== server.epoch) {
      ws.sendFrame(epochGapFrame(server.epoch, server.cursor))
      return server.cursor
    }
    const asked = new Map<ConversationId, number>()
    for (const name of Object.keys(conversations)) asked.set(conversationIdIn(name), conversations[name] ?? 0)
    const ids = [...asked.keys()]
    for (let from = 0; from < ids.length; from += AT_ONCE)
      await this.#resumeSome(ids.slice(from, from + AT_ONCE), asked, server.own)
    const isKnown = (id: ConversationId) => asked.has(id) && live.conversations.has(id)
    return this.#tellState(cursor, { ...server, isKnown })
  }

  async #resumeSome(
    some: readonly ConversationId[],
    asked: ReadonlyMap<ConversationId, number>,
    own: ReadonlySet<ConversationId>,
  ): Promise<void> {
    const { live, ws } = this.#client
    const turn = pause()
    if (turn) await turn
    const held: Held[] = []
    for (const conversationId of some) {
      const known = asked.get(conversationId) ?? 0
      if (!own.has(conversationId)) ws.sendFrame(goneFrame(conversationId))
      else held.push({ conversationId, known, hold: live.conversations.hold(conversationId) })
    }
    const ids = held.map(({ conversationId }) => conversationId)
    await live.conversations.allReady(ids)
    // After the holds: what is committed after the reading is heard.
    const lasts = await this.#parts.chat.changes.lastOfEach(ids)
    const missing: (readonly [Held, number])[] = []
    const whole: Held[] = []
    for (const one of held) {
      const last = lasts.get(one.conversationId) ?? 0
      if (last === one.known) whole.push(one)
      else missing.push([one, last])
    }
    this.#tellWhole(whole)
    for (const [one, last] of missing) {
      if (live.isOver) return
      const again = pause()
      if (again) await again
      await keepingPace(ws)
      await this.#resumeOne(one, last)
    }
  }

  /** Nothing was missed of these. They are most, so that one write tells of all. */
  #tellWhole(whole: readonly Held[]): void {
    if (whole.length === 0) return
    this.#client.ws.sendFrame(wholeFrames(whole))
    for (const { hold, known } of whole) hold?.release(known)
  }

  async #resumeOne({ conversationId, known, hold }: Held, last: number): Promise<void> {
    const { ws, live } = this.#client
    const count = last - known
    if (count < 0 || count > Math.min(MAX_CHANGES, this.#left)) return this.#tellGap(conversationId, hold)
    this.#left -= count
    const { frames, upTo, byteLength } = await this.#parts.missed.after(conversationId, known, last)
    // It may have been left meanwhile: then these are not the account's to read.
    if (!live.conversations.has(conversationId)) return
    for (const frame of frames) ws.sendFrame(frame)
    this.#parts.answers.charge(live.accountId, byteLength)
    hold?.release(upTo)
  }

  async #tellGap(conversationId: ConversationId, hold: Hold | undefined): Promise<void> {
    const conversation = await this.#parts.chat.conversations.find(conversationId)
    if (!conversation || !this.#client.live.conversations.has(conversationId)) return
    const { lastSeq: head, lastChange } = conversation
    this.#client.ws.sendFrame(gapFrame(conversationId, { head, lastChange }))
    hold?.release(lastChange)
  }

  async #tellState(
    known: number,
    { cursor, isKnown }: Server & { readonly isKnown: (id: ConversationId) => boolean },
  ): Promise<number> {
    const { live, ws, news } = this.#client
    const { accountId } = live
    const { accountState } = this.#parts.chat
    const rows = known > cursor ? undefined : await accountState.since(accountId, known, MAX_ROWS + 1)
    if (!rows || rows.length > MAX_ROWS) {
      ws.sendFrame(accountGapFrame(cursor))
      return cursor
    }
    let from = 0
    do {
      const turn = pause()
      if (turn) await turn
      await keepingPace(ws)
      const some = rows.slice(from, from + ROWS_OF_PAGE)
      from += ROWS_OF_PAGE
      const { items, own, shown } = await news.read(some, isKnown)
      if (live.isOver) break
      const upTo = some.at(-1)?.number ?? known
      ws.sendFrame(stateFrame({ cursor: upTo, items, own, done: from >= rows.length }))
      news.release(shown)
    } while (from < rows.length)
    return rows.at(-1)?.number ?? known
  }
}
