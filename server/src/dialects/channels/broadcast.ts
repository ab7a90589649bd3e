import type { ConversationId } from '../../core/chat.ts'
import { Audiences, type Feeds, type Sink } from '../../delivery/index.ts'
import type { Tally } from '../../lib/tally.ts'
import type { PusherServer } from '../../pusher/index.ts'
import type { FileLines } from '../file-lines.ts'
import { type ChatChannel, type ChatChannelKind, chatName } from './channel-names.ts'
import { renderFor } from './events.ts'

/** A Pusher channel with subscribers here. */
interface Occupied {
  readonly sink: Sink
  /** Once it has been looked up, if it names a conversation. */
  conversationId?: ConversationId
}

interface BroadcastOptions {
  readonly feeds: Feeds
  readonly lines: FileLines
  readonly server: PusherServer
  readonly tally: Tally
}

/** Conversations told to the Pusher channels of one kind, each as one sink: an event is rendered once. */
export class Broadcast {
  readonly #server: PusherServer
  readonly #audiences: Audiences
  readonly #occupied = new Map<string, Occupied>()
  readonly #told = new Map<ConversationId, ChatChannel>()

  constructor(kind: ChatChannelKind, { feeds, lines, server, tally }: BroadcastOptions) {
    this.#server = server
    this.#audiences = new Audiences(
      feeds,
      lines.rendering(renderFor(kind, (conversationId) => this.#told.get(conversationId))),
      // The one sink is a channel's, with all its subscribers.
      ({ conversationId }) => {
        const channel = this.#told.get(conversationId)
        if (channel) tally.delivered += server.countSubscribers(chatName(channel.pair, kind))
      },
    )
  }

  async start(name: string, find: () => Promise<ChatChannel | undefined>): Promise<void> {
    const occupied: Occupied = { sink: this.#server.channelSink(name) }
    this.#occupied.set(name, occupied)
    const channel = await find()
    if (channel) await this.#audiences.ready(channel.conversationId)
    // Its subscribers may have gone, or gone and come back, while it was looked up.
    if (!channel || this.#occupied.get(name) !== occupied) return
    occupied.conversationId = channel.conversationId
    this.#told.set(channel.conversationId, channel)
    this.#audiences.join(channel.conversationId, occupied.sink)
  }

  stop(name: string): void {
    const { sink, conversationId } = this.#occupied.get(name) ?? {}
    this.#occupied.delete(name)
    if (!sink || conversationId === undefined) return
    this.#audiences.leave(conversationId, sink)
    this.#told.delete(conversationId)
  }
}
