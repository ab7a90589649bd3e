/** A series of Prometheus, one value a minute. */
type Series = readonly [name: string, values: string]

interface Case {
  /** Series of half an hour that raise the alert. */
  readonly raised: readonly Series[]
  /** Series of a node that is well. */
  readonly quiet: readonly Series[]
  /** Labels of the alert, where they are not those of the node. */
  readonly labels?: Readonly<Record<string, string>>
}

const OWN = 'instance="one",job="parlance"'
const NODE = { instance: 'one', job: 'parlance' }
const DAY = 24 * 3600

const gauge = (name: string, bad: number, good: number): Case => ({
  raised: [[`${name}{${OWN}}`, `${bad}x30`]],
  quiet: [[`${name}{${OWN}}`, `${good}x30`]],
})

/** Grows by so much a minute. */
const growth = (name: string, bad: number, good: number, label?: readonly [string, string]): Case => {
  const series = `${name}{${OWN}${label ? `,${label[0]}="${label[1]}"` : ''}}`
  return {
    raised: [[series, `0+${bad}x30`]],
    quiet: [[series, `0+${good}x30`]],
    ...(label && { labels: { ...NODE, [label[0]]: label[1] } }),
  }
}

/** All of a minute's observations below one bound of a histogram or the other. */
const buckets = (name: string, bad: number, good: number, bounds: readonly number[]): Case => {
  const seriesOf = (value: number): readonly Series[] =>
    [...bounds, Number.POSITIVE_INFINITY].map((bound) => [
      `${name}_bucket{${OWN},le="${bound === Number.POSITIVE_INFINITY ? '+Inf' : bound}"}`,
      value <= bound ? '0+100x30' : '0x30',
    ])
  return { raised: seriesOf(bad), quiet: seriesOf(good), labels: { instance: 'one' } }
}

/** A case for each alert of deploy/alerts.yml. */
export const CASES: Readonly<Record<string, Case>> = {
  ParlanceDown: gauge('up', 0, 1),
  ParlanceStoreDown: gauge('parlance_store_up', 0, 1),
  ParlanceStoreRefuses: growth('parlance_store_refusals_total', 1, 0, ['code', 'unavailable']),
  ParlanceBusDown: gauge('parlance_bus_up', 0, 1),
  ParlanceCommitsSlow: buckets('parlance_commit_seconds', 0.4, 0.002, [0.0025, 0.05, 0.1, 0.5, 1]),
  ParlanceCommitsFull: buckets('parlance_commit_writes', 1000, 4, [1, 4, 16, 64, 256, 1024]),
  ParlanceWritesWait: gauge('parlance_writes_waiting', 20_000, 300),
  ParlanceEventLoopLate: gauge('nodejs_eventloop_lag_p99_seconds', 0.3, 0.02),
  ParlanceProcessorFull: growth('process_cpu_seconds_total', 55, 20),
  ParlanceFilesOpen: {
    raised: [
      [`process_open_fds{${OWN}}`, '800x30'],
      [`process_max_fds{${OWN}}`, '1000x30'],
    ],
    quiet: [
      [`process_open_fds{${OWN}}`, '100x30'],
      [`process_max_fds{${OWN}}`, '1000x30'],
    ],
  },
  ParlanceCertificateEnds: gauge('parlance_certificate_expires_seconds', 13 * DAY, 60 * DAY),
  ParlanceCallbackFails: growth('parlance_callback_failures_total', 1, 0, ['door', 'http']),
  ParlanceMemoryCutOffs: growth('parlance_memory_cut_offs_total', 1, 0),
  ParlanceSlowReaders: growth('parlance_slow_closes_total', 90, 6),
  ParlanceSignInFailures: growth('parlance_sign_in_failures_total', 400, 20),
  ParlanceHashesWait: gauge('parlance_password_hashes_waiting', 300, 4),
  ParlanceHeals: growth('parlance_feed_heals_total', 900, 12),
  ParlanceLogLinesLost: growth('parlance_log_lines_lost_total', 1, 0),
  ParlanceWebhooksDropped: growth('parlance_pusher_webhook_events_dropped_total', 1, 0, ['reason', 'old']),
  ParlanceDatabaseLogLong: gauge('parlance_database_log_bytes', 300 * 1024 ** 2, 32 * 1024 ** 2),
}
