type Kind = 'counter' | 'gauge'

/** Figures that are kept elsewhere and read at each scrape: kind, name and help. */
export const READINGS = {
  slowCloses: [
    'counter',
    'parlance_slow_closes_total',
    'Connections of the process that were closed because their peers did not read.',
  ],
  heals: [
    'counter',
    'parlance_feed_heals_total',
    'How often a conversation was read from the log because its news was late or lost.',
  ],
  refusedSignIns: [
    'counter',
    'parlance_sign_in_failures_total',
    'Log-ins that were refused for a wrong name or a wrong password.',
  ],
  waitingHashes: ['gauge', 'parlance_password_hashes_waiting', 'Passwords that wait to be hashed.'],
  memoryCutOffs: [
    'counter',
    'parlance_memory_cut_offs_total',
    'Connections cut off because what peers had not finished or not read took too much memory.',
  ],
  lostLogLines: [
    'counter',
    'parlance_log_lines_lost_total',
    'Log lines of the process that could not be written to standard error.',
  ],
  waitingWrites: ['gauge', 'parlance_writes_waiting', 'Writes that have no answer yet.'],
  databaseBytes: ['gauge', 'parlance_database_bytes', 'Bytes of the SQLite file.'],
  databaseLogBytes: [
    'gauge',
    'parlance_database_log_bytes',
    'Bytes of the log beside the SQLite file, which is folded into it at 32 MiB.',
  ],
  certificateEnd: [
    'gauge',
    'parlance_certificate_expires_seconds',
    'When the certificate in use runs out, in seconds since 1970; 0 where there is none yet. There where the server itself speaks TLS.',
  ],
} as const satisfies Readonly<Record<string, readonly [kind: Kind, name: string, help: string]>>
