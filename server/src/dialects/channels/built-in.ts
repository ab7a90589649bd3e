import { setImmediate } from 'node:timers/promises'
import type { Bus } from '../../bus/bus.ts'
import type { AccountId, Chat } from '../../core/chat.ts'
import type { Feeds } from '../../delivery/index.ts'
import type { Deadlines } from '../../lib/deadlines.ts'
import type { Tally } from '../../lib/tally.ts'
import type { Logger } from '../../observe/index.ts'
import type { ChannelAuth, PusherServer } from '../../pusher/index.ts'
import type { FileLines } from '../file-lines.ts'
import { Broadcast } from './broadcast.ts'
import { type ChatChannelKind, notificationName, parseChatName } from './channel-names.ts'
import type { ChatChannels } from './chat-channels.ts'
import type { EventDelivery, Subscription } from './event-delivery.ts'
import { ProvenConnections } from './proven-connections.ts'

interface BuiltInDeliveryOptions {
  readonly lines: FileLines
  readonly server: PusherServer
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly channels: ChatChannels
  readonly log: Logger
  readonly tally: Tally
  /** Undefined when a connection outlives the token that had it signed. */
  readonly deadlines: Deadlines | undefined
}

/** Events through the Pusher server of our own, which asks for them only while somebody is subscribed. */
export class BuiltInDelivery implements EventDelivery {
  readonly #server: PusherServer
  readonly #channels: ChatChannels
  readonly #proven: ProvenConnections
  readonly #broadcasts: Readonly<Record<ChatChannelKind, Broadcast>>

  constructor({ channels, ...options }: BuiltInDeliveryOptions) {
    const { server } = options
    this.#server = server
    this.#channels = channels
    this.#proven = new ProvenConnections(options)
    this.#broadcasts = {
      private: new Broadcast('private', options),
      presence: new Broadcast('presence', options),
    }
    server.onOccupancy((name, isOccupied) => this.#follow(name, isOccupied))
  }

  sign({ caller, tokenExpiresAt, socketId, channelName, presenceData }: Subscription): ChannelAuth {
    this.#proven.announce(caller, { socketId, tokenExpiresAt })
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
    this.#proven.close()
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
