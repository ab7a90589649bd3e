import type { OriginId } from '../delivery/index.ts'

/** An event on its way to the subscribers of a channel, on every node. */
export interface ChannelEvent {
  readonly type: 'event'
  readonly event: string
  readonly data: string
  readonly exceptSocketId?: string
  /** The member of a presence channel that sent it. */
  readonly userId?: string
  /** The client that caused it; undefined: the application. */
  readonly originId?: OriginId
  /** Distinguishes an event of a cache channel from the one before. */
  readonly cacheId?: string
}

export const channelTopicName = (channel: string): string => `pusher:channel:${channel}`
