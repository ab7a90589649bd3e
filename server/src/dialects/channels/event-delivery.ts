import type { Account, AccountId, MessageId } from '../../core/chat.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ChannelAuth } from '../../pusher/index.ts'
import type { ChatChannel } from './channel-names.ts'

export interface Subscription {
  readonly caller: Account
  readonly tokenExpiresAt: Micros
  readonly socketId: string
  readonly channelName: string
  /** The conversation of the channel; undefined when it has none. */
  readonly chat?: ChatChannel
  readonly presenceData?: string
}

/** How events reach subscribers: through the Pusher server built in, or through hosted Pusher. */
export interface EventDelivery {
  /** Signs what the caller has been found to be allowed. */
  sign(subscription: Subscription): ChannelAuth
  /** Sends `new_chat` to the account. Resolves when it is on its way; its failure is not the request's. */
  announceChat(to: AccountId, chat: object): Promise<void>
  /** Resolves when the event of a message that was just sent here is on its way. */
  published(messageId: MessageId): Promise<void>
  countConnections(): number
  close(): Promise<void>
}
