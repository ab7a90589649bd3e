import assert from 'node:assert/strict'
import type { Listing, Message, Reaction } from '@parlance/protocol'
import { type NativeFrame, NativeSocket } from './native-socket.ts'
import { until } from './until.ts'

/** One conversation as a client keeps it. */
interface Kept {
  lastChange: number
  readSeq: number
  readonly messages: Map<number, Message>
}

/**
 * A client that keeps what it is told, from connection to connection, as a good one does: of two copies of a message the
 * newer, and the number of each conversation's last change. It fails where it is told a change twice or out of order.
 */
export class NativeReader {
  readonly #token: string
  readonly #conversations = new Map<string, Kept>()
  #account = ''
  #epoch = ''
  #cursor = 0
  #socket: NativeSocket | undefined
  #taken = 0

  constructor(token: string) {
    this.#token = token
  }

  get socket(): NativeSocket | undefined {
    return this.#socket
  }

  /** Comes, or comes back, and does not wait until all has been told. */
  async connect(url: string): Promise<void> {
    await this.disconnect()
    const socket = new NativeSocket(url)
    this.#socket = socket
    this.#taken = 0
    const conversations = Object.fromEntries(
      Array.from(this.#conversations, ([name, { lastChange }]) => [name, lastChange]),
    )
    const resume =
      this.#epoch === '' ? undefined : { epoch: this.#epoch, cursor: this.#cursor, conversations }
    await socket.send({ op: 'hello', token: this.#token, ...(resume && { resume }) })
    await socket.next('ready')
  }

  async disconnect(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    this.#takeFrom(socket)
    socket.ws.terminate()
    await socket.closed
  }

  /** Takes all frames that have come. */
  take(): void {
    if (this.#socket) this.#takeFrom(this.#socket)
  }

  /** The texts that it shows of a conversation, by place, and the reactions. */
  shown(conversation: string): readonly unknown[] {
    const { messages } = this.#kept(conversation)
    return [...messages.values()].sort((one, other) => one.seq - other.seq).map(shownOf)
  }

  unread(conversation: string): number {
    const { messages, readSeq } = this.#kept(conversation)
    return [...messages.values()].filter(({ seq, deletedAt }) => seq > readSeq && deletedAt === null).length
  }

  async settled(conversation: string, lastChange: number): Promise<void> {
    await until('the last change', () => {
      this.take()
      return this.#kept(conversation).lastChange >= lastChange
    })
    assert.equal(this.#kept(conversation).lastChange, lastChange)
  }

  async settledAt(cursor: number): Promise<void> {
    await until('the last number', () => {
      this.take()
      return this.#cursor >= cursor
    })
  }

  #takeFrom(socket: NativeSocket): void {
    for (; this.#taken < socket.frames.length; this.#taken++) {
      const frame = socket.frames[this.#taken]
      if (frame) this.#apply(frame)
    }
  }

  #apply(frame: NativeFrame): void {
    const { op, conversation = '', cursor = 0 } = frame
    switch (op) {
      case 'ready':
        this.#begin(frame)
        break
      case 'changes':
        for (const item of frame.items) this.#change(conversation, item)
        this.#kept(conversation).lastChange = frame.upTo
        break
      case 'event':
        this.#change(conversation, frame)
        break
      case 'state':
        for (const item of frame.items) this.#own(item)
        this.#cursor = cursor
        break
      case 'account':
        assert.ok(cursor > this.#cursor, 'a number of the account twice')
        this.#cursor = cursor
        this.#own(frame)
        break
      case 'gap':
      case 'gone':
        assert.fail(JSON.stringify(frame))
    }
  }

  #begin({ account, epoch, cursor = 0, listings }: NativeFrame): void {
    this.#account = account.id
    const isFirst = this.#epoch === ''
    this.#epoch = epoch
    if (!isFirst) return
    this.#cursor = cursor
    for (const listing of listings) this.#show(listing)
  }

  #show({ id, lastChange, lastSeq, me }: Listing): void {
    assert.equal(lastSeq, 0, 'the test begins with empty conversations')
    this.#conversations.set(id, { lastChange, readSeq: me.readSeq, messages: new Map() })
  }

  #own({ type, data }: NativeFrame): void {
    if (type === 'joined') this.#show(data.listing)
    if (type === 'read.moved') this.#moveMark(this.#kept(data.conversation), data.readSeq)
  }

  #change(conversation: string, { change = 0, type, data }: NativeFrame): void {
    const kept = this.#kept(conversation)
    assert.ok(change > kept.lastChange, `${conversation}: change ${change} after ${kept.lastChange}`)
    kept.lastChange = change
    if (data.message) this.#keep(kept, data.message)
    const { seq, version } = data
    const message = kept.messages.get(seq)
    if (message && message.version > version) return
    if (type === 'message.reacted' && message)
      kept.messages.set(seq, { ...message, version, reactions: data.reactions })
    if (type === 'message.deleted' && message)
      kept.messages.set(seq, { ...message, version, body: '', reactions: [], deletedAt: data.deletedAt })
  }

  #keep(kept: Kept, message: Message): void {
    const { seq, version, sender } = message
    if ((kept.messages.get(seq)?.version ?? 0) < version) kept.messages.set(seq, message)
    if (sender.id === this.#account) this.#moveMark(kept, seq)
  }

  #moveMark(kept: Kept, seq: number): void {
    kept.readSeq = Math.max(kept.readSeq, seq)
  }

  #kept(conversation: string): Kept {
    return this.#conversations.get(conversation) ?? assert.fail(`${conversation} was not told of`)
  }
}

/** The parts of a message that a person sees. */
export const shownOf = ({ seq, version, body, reactions, deletedAt }: Message) => ({
  ...{ seq, version, body, isDeleted: deletedAt !== null },
  reactions: reactions.map(({ key, count }: Reaction) => `${key} ${count}`),
})
