import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Frame, Sink } from '../delivery/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { AddressOf, Limits, UpgradeHandler } from '../transport/index.ts'
import type { PusherPublisher } from './publisher.ts'

export type { ChannelAuth, PusherPublisher, TriggerOptions } from './publisher.ts'

/** The application that clients and libraries name: one a server. */
export interface PusherCredentials {
  readonly appId: string
  readonly key: string
  readonly secret: string
}

export interface PusherDeps {
  readonly bus: Bus
  readonly credentials: PusherCredentials
  /** Where webhooks are posted. None are sent without it. */
  readonly webhookUrl?: string
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly clock?: Clock
}

/** A Pusher protocol 7 server of one application. It knows nothing of chat. */
export interface PusherServer extends PusherPublisher {
  /** Answers `/apps/…`. */
  readonly http: FastifyInstance
  /** The handler of WebSocket handshakes to `/app/<key>`, whatever the key. */
  upgrade(path: string): UpgradeHandler | undefined
  /** To this node's subscribers of the channel alone. */
  deliver(channel: string, frame: Frame): void
  /** Tells of a channel's first subscriber on this node and of its last one's leaving. */
  onOccupancy(listener: (channel: string, isOccupied: boolean) => void): void
  /**
   * This node's subscribers of the channel as one sink: a batch pushed here goes to all of them by reference,
   * in order with every other event of the channel. May be held while nobody is subscribed.
   */
  channelSink(channel: string): Sink
  /** Closes every connection, on any node, that has signed in as that user. */
  terminateUser(userId: string): void
  /** Closes all connections (clients come back at once) and waits until they are gone. */
  close(): Promise<void>
}

export interface HostedOptions {
  readonly credentials: PusherCredentials
  readonly cluster: string
  /** Another Pusher server than the cluster's own. */
  readonly host?: string
  readonly port?: number
  readonly useTLS?: boolean
}

export function createPusherServer(_deps: PusherDeps): PusherServer {
  throw new Error('under construction')
}

/** The hosted service through the official library, which is loaded at the first use. */
export function createHostedPublisher(_options: HostedOptions): PusherPublisher {
  throw new Error('under construction')
}

/** An event of a channel as the WebSocket frame that all its subscribers share. `data` is JSON text. */
export function pusherFrame(_event: string, _channel: string, _data: string): Frame {
  throw new Error('under construction')
}
