import { setImmediate } from 'node:timers/promises'
import type { Bus } from '../../bus/bus.ts'
import type { AccountId, Chat } from '../../core/chat.ts'
import type { Feeds } from '../../delivery/index.ts'
import type { Deadlines } from '../../lib/deadlines.ts'
import type { Logger } from '../../observe/index.ts'
import type { ChannelAuth, PusherServer } from '../../pusher/index.ts'
import { Broadcast } from './broadcast.ts'
import { type ChatChannelKind, notificationName, parseChatName } from './channel-names.ts'
import type { ChatChannels } from './chat-channels.ts'
import { Listeners } from './listeners.ts'
import type { Live, Subscription } from './live.ts'

interface BuiltInLiveOptions {
  readonly server: PusherServer
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly channels: ChatChannels
  readonly log: Logger
  /** Undefined when a connection outlives the token that had it signed. */
  readonly deadlines: Deadlines | undefined
}

/** Events through the Pusher server of our own, which asks for them only while somebody is subscribed. */
export class BuiltInLive implements Live {
  readonly #server: PusherServer
  readonly #channels: ChatChannels
  readonly #listeners: Listeners
  readonly #broadcasts: Readonly<Record<ChatChannelKind, Broadcast>>

  constructor({ channels, ...options }: BuiltInLiveOptions) {
    const { server, feeds } = options
    this.#server = server
    this.#channels = channels
    this.#listeners = new Listeners(options)
    this.#broadcasts = {
      private: new Broadcast('private', feeds, server),
      presence: new Broadcast('presence', feeds, server),
    }
    server.onOccupancy((name, isOccupied) => this.#follow(name, isOccupied))
  }

  sign({ caller, tokenExpiresAt, socketId, channelName, presenceData }: Subscription): ChannelAuth {
    this.#listeners.announce(caller, { socketId, tokenExpiresAt })
    return this.#server.authorizeChannel(socketId, channelName, presenceData)
  }

  async announceChat(to: AccountId, chat: object): Promise<void> {
    await this.#server.trigger([notificationName(to)], 'new_chat', JSON.stringify(chat))
    await setImmediate()
  }

  async published(): Promise<void> {
    // Its frames leave at the end of the turn in which it was committed; the answer follows them.
    await setImmediate()
  }

  countConnections(): number {
    return this.#server.countConnections()
  }

  async close(): Promise<void> {
    this.#listeners.close()
    await this.#server.close()
  }

  /** The first subscriber is told that it is subscribed only when this has resolved: nothing sent after is lost. */
  async #follow(name: string, isOccupied: boolean): Promise<void> {
    const named = parseChatName(name)
    if (!named) return
    const broadcast = this.#broadcasts[named.kind]
    if (!isOccupied) return broadcast.stop(name)
    await broadcast.start(name, () => this.#channels.findByPair(named.pair))
  }
}
