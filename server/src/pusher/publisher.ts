/** The application that clients and libraries name: one a server. */
export interface PusherCredentials {
  readonly appId: string
  readonly key: string
  readonly secret: string
}

/** The signature of a subscription; spread into the auth endpoint's response. */
export interface ChannelAuth {
  readonly auth: string
  readonly channel_data?: string
}

/** An application's access to Pusher, whether this server is Pusher or the hosted service is. */
export interface PusherPublisher {
  /**
   * Sends an event to every subscriber of the channels, on any node. `data` is the text that subscribers get
   * (JSON by custom). Resolves when the event is on its way; at most once, in order per channel and node.
   */
  trigger(channels: readonly string[], event: string, data: string, options?: TriggerOptions): Promise<void>
  /** Signs a subscription. `presenceData` is the JSON with `user_id` that presence channels need. */
  authorizeChannel(socketId: string, channel: string, presenceData?: string): ChannelAuth
}

export interface TriggerOptions {
  /** The connection that caused the event and knows of it already. */
  readonly exceptSocketId?: string
}
