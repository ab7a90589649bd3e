export interface ChannelsSettings {
  readonly historyLimit: number
  readonly tokenTtlSeconds: number
  /** Whether a Pusher connection ends when the last token that signed one of its subscriptions does. */
  readonly endsWithToken: boolean
  /** Presence channels that every account may enter; `*` stands for any characters. */
  readonly presenceNames: readonly string[]
}

/** The Pusher server here, or the hosted one. */
export interface PusherSettings {
  readonly appId: string | undefined
  readonly key: string | undefined
  readonly secret: string | undefined
  /** Set: events go to hosted Pusher and the built-in server is off. */
  readonly cluster: string | undefined
  readonly webhookUrl: string | undefined
  readonly subscriptionCounts: boolean
  /** Connections of the application, over all nodes. */
  readonly maxConnections: number | undefined
}
