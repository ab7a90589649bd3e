/** How the report shows one scenario. */
export interface Chapter {
  readonly scenario: string
  readonly title: string
  /** What was done, in a sentence or two. */
  readonly words: string
  /** In the order of the table: what an operation costs comes before how many there were. */
  readonly metrics: readonly string[]
  /** That metric is also given as a ratio to the same figure of `YARDSTICK`. */
  readonly ratioOf?: string
  /** What a size counts. */
  readonly axis?: string
  /** The size whose table is shown, and whose bars are drawn; the others are folded away. */
  readonly headline?: number
  /** Drawn beside each other; the first decides the order of the bars. */
  readonly bars?: readonly string[]
  /** Each drawn as a picture of how it grows with the size. */
  readonly growth?: readonly string[]
}

/** What others are measured by: it only passes on what comes in, and stores nothing. */
export const YARDSTICK = 'bare ws'

export const chapters: readonly Chapter[] = [
  {
    scenario: 'fan-out',
    title: 'Fan-out: one conversation, everybody hears everything',
    words: '64 messages of 100 bytes are in flight in one conversation; each is delivered to every member.',
    metrics: ['CPU µs/delivery', 'deliveries/s', 'CPU µs/message', 'messages/s'],
    ratioOf: 'deliveries/s',
    axis: 'members',
    headline: 1000,
    bars: ['deliveries/s', 'CPU µs/delivery'],
    growth: ['deliveries/s', 'CPU µs/delivery'],
  },
  {
    scenario: 'rooms-of-five',
    title: 'Rooms of five: 500 people, 100 conversations',
    words: 'Everybody has one message on its way; as soon as it is acknowledged they send the next.',
    metrics: ['CPU µs/message', 'messages/s', 'deliveries/s', 'p50 ms', 'p99 ms'],
    ratioOf: 'messages/s',
    bars: ['messages/s', 'CPU µs/message'],
  },
  {
    scenario: 'conversations',
    title: 'Rooms of five, beside ever more conversations that are stored',
    words: 'The same 500 people talk while the database holds this many conversations.',
    metrics: ['CPU µs/message', 'messages/s', 'deliveries/s', 'p50 ms', 'p99 ms'],
    axis: 'conversations stored',
    growth: ['messages/s'],
  },
  {
    scenario: 'rest-sends',
    title: 'REST: durable sends over HTTP',
    words: 'Keep-alive connections send 64 messages at a time; a response means the message is on disk.',
    metrics: ['CPU µs/message', 'messages/s', 'p50 ms', 'p99 ms'],
    ratioOf: 'messages/s',
    bars: ['messages/s', 'CPU µs/message'],
  },
  {
    scenario: 'latency',
    title: 'Latency with little to do',
    words: '50 messages a second to 100 members. From the call to send until each member has it.',
    metrics: ['p50 ms', 'p99 ms'],
    ratioOf: 'p99 ms',
    bars: ['p99 ms', 'p50 ms'],
  },
  {
    scenario: 'latency-busy',
    title: 'Latency with a lot to do',
    words: '2,000 messages a second in 100 rooms. From the call to send until each member has it.',
    metrics: ['p50 ms', 'p99 ms'],
    ratioOf: 'p99 ms',
    bars: ['p99 ms', 'p50 ms'],
  },
  {
    scenario: 'idle-connection',
    title: 'An idle connection',
    words: 'The memory that each authenticated connection adds to the server when nothing is said.',
    metrics: ['KB/connection'],
    ratioOf: 'KB/connection',
    bars: ['KB/connection'],
  },
  {
    scenario: 'history',
    title: 'History: a page of 100 messages',
    words:
      '8 readers ask for the newest 100 messages of one conversation, or for 100 around any point of it.',
    metrics: ['newest p50 ms', 'newest p99 ms', 'around p50 ms', 'around p99 ms', 'pages/s'],
    axis: 'messages stored',
    headline: 1e5,
    growth: ['newest p50 ms', 'around p50 ms'],
  },
  {
    scenario: 'cold-start',
    title: 'Cold start',
    words: 'From starting the process to the first successful log-in.',
    metrics: ['ms to first log-in'],
    axis: 'messages stored',
    headline: 1e6,
    bars: ['ms to first log-in'],
  },
  {
    scenario: 'reconnect-storm',
    title: 'Everybody comes back at once',
    words:
      '2,000 clients drop, each misses 50 messages, and all come back together until each has every message.',
    metrics: ['s to complete', 'missing messages'],
    bars: ['s to complete'],
  },
  {
    scenario: 'endurance',
    title: 'Endurance: memory over 10 million deliveries',
    words: 'Flat memory means that nothing is kept which nobody needs.',
    metrics: ['MB at start', 'MB after 10 %', 'MB at end'],
  },
]
