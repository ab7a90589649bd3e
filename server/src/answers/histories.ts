import type { Chat, Conversation, Message } from '../core/chat.ts'
import { pause } from '../lib/slices.ts'
import { AnswerCache } from './answer-cache.ts'
import { type Block, partOf, type WriteMessage, writeBlock } from './block.ts'

interface HistoryRange {
  /** The conversation as of the request: messages sent before it are in the history, later ones may be. */
  readonly conversation: Conversation
  /** Only messages with lower ids; Infinity for the newest. */
  readonly before: number
  /** Messages at most; Infinity for all. */
  readonly limit: number
  /** Must be the same for all ranges of a conversation, which share its blocks. */
  readonly write: WriteMessage
}

type Messages = Pick<Chat['messages'], 'list' | 'listPlaces'>

/** Places of a conversation in one block, so that a slow reader keeps about half a megabyte in memory. */
const PLACES = 64
const MAX_KEPT_BYTES = 16 * 1024 * 1024
/** Longest range whose blocks are kept: longer ones are rare, and would drive out all others. */
const MAX_KEPT_MESSAGES = 10_000

/** Histories in one dialect's JSON, made of blocks that are kept while they do not change. */
export class Histories {
  readonly #messages: Messages
  readonly #cache = new AnswerCache<Block>(MAX_KEPT_BYTES)

  constructor(messages: Messages) {
    this.#messages = messages
  }

  /** The newest messages of a range, oldest first, one block at a time. No block is empty. */
  async *read(range: HistoryRange): AsyncGenerator<Block> {
    const { conversationId } = range.conversation
    const before = range.before === Infinity ? {} : { before: range.before }
    // Fix the end here: messages sent while the history is read must not make it longer.
    const [newest] = await this.#messages.list({ conversationId, limit: 1, ...before })
    if (!newest) return
    const beginning = await this.#beginningOf(range, newest)
    let { skipped } = beginning
    for (let { number } = beginning; number <= numberOf(newest.seq); number++) {
      await pause()
      const block = await this.#block(range, number)
      const part = partOf(block, skipped, countUpTo(newest, block))
      skipped = 0
      if (part.messageIds.length > 0) yield part
    }
  }

  /** The block in which a range begins, and the number of its messages before that. */
  async #beginningOf(range: HistoryRange, newest: Message): Promise<{ number: number; skipped: number }> {
    if (range.limit === Infinity) return { number: 0, skipped: 0 }
    let number = numberOf(newest.seq)
    let count = 0
    // `read` gets the blocks counted here again when their turn comes.
    for (; ; number--) {
      count += countUpTo(newest, await this.#block(range, number))
      if (count >= range.limit || number === 0) break
    }
    return { number, skipped: Math.max(0, count - range.limit) }
  }

  #block({ conversation, limit, write }: HistoryRange, number: number): Promise<Block> {
    const { conversationId, lastSeq, rewrites } = conversation
    const last = (number + 1) * PLACES
    const make = async () => {
      const places = { first: number * PLACES + 1, last }
      return writeBlock(await this.#messages.listPlaces(conversationId, places), write)
    }
    if (limit > MAX_KEPT_MESSAGES) return make()
    // A full block changes only when a message is edited or deleted.
    const version = last <= lastSeq ? `${rewrites}` : `${rewrites} ${lastSeq}`
    return this.#cache.get(`${conversationId} ${number}`, version, make)
  }
}

const numberOf = (seq: number): number => Math.floor((seq - 1) / PLACES)

/** The number of a block's messages that are not newer than the given one. */
const countUpTo = ({ messageId }: Message, { messageIds }: Block): number =>
  messageIds.filter((id) => id <= messageId).length
