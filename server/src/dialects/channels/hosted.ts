import { setTimeout } from 'node:timers/promises'
import type { AccountId, Chat, MessageId, MessageSent } from '../../core/chat.ts'
import { KeyedQueue } from '../../lib/keyed-queue.ts'
import type { Logger } from '../../observe/index.ts'
import type { ChannelAuth, PusherPublisher } from '../../pusher/index.ts'
import type { FileLines } from '../file-lines.ts'
import { CHAT_CHANNEL_KINDS, chatName, notificationName } from './channel-names.ts'
import type { ChatChannels } from './chat-channels.ts'
import type { EventDelivery, Subscription } from './event-delivery.ts'
import { pusherEvent } from './events.ts'

interface HostedDeliveryOptions {
  readonly lines: FileLines
  readonly publisher: PusherPublisher
  readonly chat: Chat
  readonly channels: ChatChannels
  readonly log: Logger
}

/** Events that may wait for hosted Pusher. The next is not published: its message is in the history. */
const MAX_WAITING = 1_000
/** How long an answer waits for its event to be on its way. */
const MAX_DELAY_MS = 3_000

/** Events through hosted Pusher, which may fail or be slow: that never fails what they tell of. */
export class HostedDelivery implements EventDelivery {
  readonly #publisher: PusherPublisher
  readonly #channels: ChatChannels
  readonly #lines: FileLines
  readonly #log: Logger
  // One conversation's messages are told in the order they were committed.
  readonly #turns = new KeyedQueue<number>()
  readonly #waiting = new Map<MessageId, Promise<void>>()
  readonly #unsubscribe: () => void

  constructor({ publisher, lines, chat, channels, log }: HostedDeliveryOptions) {
    this.#publisher = publisher
    this.#channels = channels
    this.#lines = lines
    this.#log = log
    this.#unsubscribe = chat.messages.onSentHere((event) => this.#hear(event))
  }

  sign({ socketId, channelName, presenceData }: Subscription): ChannelAuth {
    return this.#publisher.authorizeChannel(socketId, channelName, presenceData)
  }

  announceChat(to: AccountId, chat: object): Promise<void> {
    return within(this.#trigger([notificationName(to)], 'new_chat', JSON.stringify(chat)))
  }

  published(messageId: MessageId): Promise<void> {
    return within(this.#waiting.get(messageId))
  }

  countConnections(): number {
    return 0
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    await within(Promise.all(this.#waiting.values()))
  }

  #hear(event: MessageSent): void {
    if (event.conversation.kind !== 'private') return
    if (this.#waiting.size >= MAX_WAITING) {
      this.#log.warn(
        { conversationId: event.conversationId },
        'hosted Pusher is too slow: an event was left out',
      )
      return
    }
    const { messageId } = event.message
    const telling = this.#turns.run(event.conversationId, () => this.#tell(event))
    this.#waiting.set(
      messageId,
      telling.finally(() => this.#waiting.delete(messageId)),
    )
  }

  async #tell(event: MessageSent): Promise<void> {
    try {
      const channel = await this.#channels.of(event.conversation)
      const said = pusherEvent(this.#lines.shownEvent(event), channel)
      const names = CHAT_CHANNEL_KINDS.map((kind) => chatName(channel.pair, kind))
      if (said) await this.#trigger(names, said.name, said.data)
    } catch (err) {
      this.#log.error({ err }, 'a message could not be told to hosted Pusher')
    }
  }

  async #trigger(channels: readonly string[], event: string, data: string): Promise<void> {
    try {
      await this.#publisher.trigger(channels, event, data)
    } catch (err) {
      this.#log.warn({ err, event }, 'hosted Pusher refused an event')
    }
  }
}

/** Waits for it, but not for ever. */
async function within(telling: Promise<unknown> | undefined): Promise<void> {
  if (!telling) return
  const timer = new AbortController()
  const timeout = setTimeout(MAX_DELAY_MS, undefined, { signal: timer.signal, ref: false }).catch(
    () => undefined,
  )
  await Promise.race([telling, timeout])
  timer.abort()
}
