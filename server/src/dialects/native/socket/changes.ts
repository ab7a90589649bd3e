import { AnswerCache } from '../../../answers/index.ts'
import type { Chat, ConversationChange, ConversationId, MessageDetails } from '../../../core/chat.ts'
import type { Frame } from '../../../delivery/index.ts'
import { pause } from '../../../lib/slices.ts'
import { changeText } from './events.ts'
import { changesFrame } from './frames.ts'

/** Changes of one conversation that are told; more are a gap. The log answers as many at once. */
export const MAX_CHANGES = 500
/** UTF-16 units of changes in one frame, unless one alone is longer. */
const FRAME_LENGTH = 48 * 1024
const MAX_KEPT_BYTES = 32 * 1024 * 1024

interface Missed {
  readonly frames: readonly Frame[]
  /** The last change that they tell. */
  readonly upTo: number
  readonly byteLength: number
}

/** The changes that clients missed. Those that were away since the same change share the frames. */
export class MissedChanges {
  readonly #chat: Pick<Chat, 'changes' | 'messages'>
  readonly #cache = new AnswerCache<Missed>(MAX_KEPT_BYTES)

  constructor(chat: Pick<Chat, 'changes' | 'messages'>) {
    this.#chat = chat
  }

  /** The changes after that one, at most 500, where the log ended with `last` when that was read. */
  after(conversationId: ConversationId, after: number, last: number): Promise<Missed> {
    return this.#cache.get(`${conversationId} ${after}`, String(last), () =>
      this.#read(conversationId, after),
    )
  }

  /** The tombstone of a deletion: who missed the message too must learn whose it was. */
  async tombstoneOf(event: ConversationChange): Promise<MessageDetails | undefined> {
    return event.type === 'message.deleted' ? this.#chat.messages.get(event) : undefined
  }

  async #read(conversationId: ConversationId, after: number): Promise<Missed> {
    const { events, upTo } = await this.#chat.changes.since(conversationId, after)
    const frames: Frame[] = []
    let items: string[] = []
    let length = 0
    for (const event of events) {
      const turn = pause()
      if (turn) await turn
      const text = changeText(event, await this.tombstoneOf(event))
      if (items.length > 0 && length + text.length > FRAME_LENGTH) {
        frames.push(changesFrame(conversationId, { items, upTo: event.change - 1, isLast: false }))
        items = []
        length = 0
      }
      items.push(text)
      length += text.length
    }
    frames.push(changesFrame(conversationId, { items, upTo, isLast: true }))
    return { frames, upTo, byteLength: frames.reduce((sum, { bytes }) => sum + bytes.length, 0) }
  }
}
