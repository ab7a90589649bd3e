/** Pusher's documented limits, and below them our own. They bind clients and the HTTP API, not `trigger`. */
export const QUOTAS = {
  /** Characters. Hosted Pusher allows 164 when subscribing; 200 is what its API and libraries allow. */
  channelNameLength: 200,
  eventNameLength: 200,
  dataBytes: 10 * 1024,
  channelsPerTrigger: 100,
  eventsPerBatch: 10,
  membersPerChannel: 100,
  userInfoBytes: 1024,
  userIdLength: 128,
  clientEventsPerSecond: 10,
  /** Milliseconds for which a cache channel keeps its last event, at most. */
  cachedEventMs: 30 * 60_000,

  subscriptionsPerConnection: 2_000,
  /** Users of one watchlist. */
  watchlistLength: 100,
  /** Entries of all watchlists of a node. */
  watchesOfNode: 500_000,
  /** Room for 10 KiB about a user, and for a watchlist of the longest ids. */
  userDataBytes: 24 * 1024,
  /** One WebSocket message: 10 KiB of data in which every character is escaped, and what is around it. */
  messageBytes: 128 * 1024,
  /** One HTTP body: ten events of 10 KiB, escaped. */
  bodyBytes: 1024 * 1024,
  connections: 50_000,
} as const
