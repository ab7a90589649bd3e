import type { OpenChannel } from './channels.ts'
import type { Subscriber } from './fanout.ts'

/** What one connection holds of one channel. */
export interface Subscription {
  readonly channel: OpenChannel
  readonly subscriber: Subscriber
  /** Whether the shared sets know of it. */
  readonly isCounted: boolean
}
