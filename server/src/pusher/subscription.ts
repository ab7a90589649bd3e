import type { OpenChannel } from './channels.ts'
import type { Subscriber } from './fanout.ts'

/** One connection's subscription to one channel. */
export interface Subscription {
  readonly channel: OpenChannel
  readonly subscriber: Subscriber
  /** Whether the shared sets know of it. */
  readonly isCounted: boolean
}
