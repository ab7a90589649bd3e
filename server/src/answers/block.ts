import type { AccountId, AuthoredMessage, MessageId } from '../core/chat.ts'
import { pause } from '../lib/slices.ts'

/** Messages in a dialect's JSON, one after the other with commas between them. Shared: never written to. */
export interface Block {
  readonly bytes: Buffer
  /** The id and the sender of each message, and the offset in `bytes` at which it begins. */
  readonly messageIds: readonly MessageId[]
  readonly senderIds: readonly AccountId[]
  readonly starts: readonly number[]
  readonly byteLength: number
}

export type WriteMessage = (message: AuthoredMessage) => string

const COMMA = 1
/** Bytes that a message takes in the lists above. */
const OVERHEAD_BYTES = 32

export async function writeBlock(messages: readonly AuthoredMessage[], write: WriteMessage): Promise<Block> {
  const texts: string[] = []
  const starts: number[] = []
  let end = 0
  for (const message of messages) {
    const turn = pause()
    if (turn) await turn
    const text = write(message)
    texts.push(text)
    starts.push(end)
    end += Buffer.byteLength(text) + COMMA
  }
  const bytes = Buffer.from(texts.join(','))
  return {
    bytes,
    messageIds: messages.map(({ messageId }) => messageId),
    senderIds: messages.map(({ senderId }) => senderId),
    starts,
    byteLength: bytes.length + messages.length * OVERHEAD_BYTES,
  }
}

/** A block's messages from number `from` to before number `to`. The part shares the block's bytes. */
export function partOf({ bytes, messageIds, senderIds, starts }: Block, from: number, to: number): Block {
  const start = starts[from] ?? bytes.length
  const next = starts[to]
  const part = bytes.subarray(start, next === undefined ? bytes.length : next - COMMA)
  return {
    bytes: part,
    messageIds: messageIds.slice(from, to),
    senderIds: senderIds.slice(from, to),
    starts: starts.slice(from, to).map((each) => each - start),
    byteLength: part.length,
  }
}
