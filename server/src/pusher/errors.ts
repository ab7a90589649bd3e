/** Codes of `pusher:error` and of closing, as documented. The range tells the client what to do next. */
export const CODES = {
  unknownApp: 4001,
  overQuota: 4004,
  invalidVersion: 4006,
  unsupportedVersion: 4007,
  noVersion: 4008,
  unauthorized: 4009,
  overCapacity: 4100,
  reconnect: 4200,
  noPong: 4201,
  /** "Any other type of error": the connection lives. */
  other: 4300,
  tooFast: 4301,
  watchlist: 4302,
} as const

export type PusherCode = (typeof CODES)[keyof typeof CODES]

/** A message that is refused; the connection lives. Pusher itself sends some errors without a code. */
export class PusherError extends Error {
  readonly code: PusherCode | null

  constructor(code: PusherCode | null, message: string) {
    super(message)
    this.code = code
  }
}

type SubscriptionErrorType = 'AuthError' | 'InvalidChannel' | 'InvalidData' | 'LimitReached' | 'Unavailable'

const STATUSES: Record<SubscriptionErrorType, number> = {
  AuthError: 401,
  InvalidChannel: 400,
  InvalidData: 400,
  LimitReached: 413,
  Unavailable: 503,
}

/** A subscription that is refused: told to the connection and, for libraries that listen there, the channel. */
export class SubscriptionError extends PusherError {
  readonly channel: string
  readonly type: SubscriptionErrorType
  readonly status: number

  constructor(channel: string, type: SubscriptionErrorType, message: string) {
    super(type === 'AuthError' ? CODES.unauthorized : CODES.other, message)
    this.channel = channel
    this.type = type
    this.status = STATUSES[type]
  }
}
