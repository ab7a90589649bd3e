/** A bucket of tokens: `burst` at once, then `perSecond`. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Rates of each kind, unless a setting says otherwise. Sane for people, tight for scripts. */
export const LIMITS = {
  /** HTTP requests and new connections, by address. */
  request: { burst: 2_000, perSecond: 200 },
  /** Handshakes of TLS, by address: each takes some 2.5 ms of the processor, with its connection. */
  handshake: { burst: 1_000, perSecond: 50 },
  /** New accounts, by address. */
  register: { burst: 300, perSecond: 1 },
  /** Log-ins, by address. */
  login: { burst: 500, perSecond: 5 },
  /** Wrong passwords, by account name. */
  password: { burst: 20, perSecond: 0.2 },
  /** Names of conversations that were wrong, by address: a gid is a capability. */
  guess: { burst: 100, perSecond: 1 },
  /** Messages, by account. */
  send: { burst: 1_000, perSecond: 50 },
  /** New rooms and groups, by account: each is listed for ever. A large one costs more. */
  create: { burst: 500, perSecond: 1 },
  /**
   * Events and arrivals of Pusher clients that others receive, by user and by address. Together with `send`, a user's
   * bytes in `MAX_STALL_MS` are fewer than `MAX_WAITING_BYTES`: no user alone can disconnect peers that pause reading.
   */
  push: { burst: 1_000, perSecond: 100 },
  pushFrom: { burst: 1_500, perSecond: 200 },
  /** The same of all clients of a node. */
  pushInAll: { burst: 50_000, perSecond: 10_000 },
  /** Edits and deletions of messages in the native dialect, by account. */
  edit: { burst: 500, perSecond: 20 },
  /** Read marks, by account: a client moves one for each message that it shows. */
  read: { burst: 1_000, perSecond: 50 },
  /** Reactions put and removed, by account. */
  react: { burst: 500, perSecond: 20 },
  /** Searches for accounts and conversations, by account. */
  search: { burst: 200, perSecond: 10 },
  /** KiB of uploads, by account: what comes faster is read more slowly. */
  upload: { burst: 131_072, perSecond: 10_240 },
  uploadInAll: { burst: 524_288, perSecond: 102_400 },
  /** The same of all clients of a node. */
  editInAll: { burst: 10_000, perSecond: 2_000 },
  readInAll: { burst: 20_000, perSecond: 5_000 },
  reactInAll: { burst: 10_000, perSecond: 2_000 },
  searchInAll: { burst: 4_000, perSecond: 400 },
  /** Beginnings and ends of typing over the native socket, by account: a client repeats one every 3 s. */
  typing: { burst: 5, perSecond: 0.34 },
  /** The same of all clients of a node. */
  typingInAll: { burst: 10_000, perSecond: 5_000 },
  /** Choices of what to watch, by account: each looks up what is chosen. */
  watch: { burst: 30, perSecond: 1 },
  /** The same of all clients of a node. */
  watchInAll: { burst: 1_000, perSecond: 500 },
  /** All other requests, by account, over HTTP or a live connection. Long answers cost more: see `LongAnswers`. */
  command: { burst: 2_000, perSecond: 200 },
} as const satisfies Readonly<Record<string, Rate>>

export type LimitKind = keyof typeof LIMITS
