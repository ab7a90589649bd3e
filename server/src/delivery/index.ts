export type { AccountNews, AccountReview } from './account-feeds.ts'
export { countingInto, type Hold, type PersonalFrame, type Render } from './audience.ts'
export { Audiences } from './audiences.ts'
export { Backlog } from './backlog.ts'
export { DirectFeeds, type Feeds, openFeeds } from './feeds.ts'
export { Batch, type Frame, type OriginId, pinnedBatchBytes } from './frame.ts'
export { LiveAccount } from './live-account.ts'
export { LiveAccounts } from './live-accounts.ts'
export type { LiveConnection } from './live-connection.ts'
export type { PendingJoin } from './pending-join.ts'
export {
  type AnsweringSink,
  MAX_BACKLOG_BYTES,
  MAX_STALL_MS,
  MAX_WAITING_BYTES,
  type Owner,
  type Sink,
  SocketSink,
} from './sink.ts'
export { stalls } from './stalls.ts'
export { flushAtEndOfTurn } from './turn.ts'
