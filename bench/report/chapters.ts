import type { Pairing } from './pairings.ts'

/** How the report shows one scenario. */
export interface Chapter {
  readonly scenario: string
  readonly title: string
  /** The scenario, in a sentence or two that fit above a chart. */
  readonly words: string
  /** More that a reader must know to judge the figures. */
  readonly note?: string
  /** In the order of the table: what an operation costs comes before how many there were. */
  readonly metrics: readonly string[]
  /** That metric is also given as a ratio to the same figure of the yardstick. */
  readonly ratioOf?: string
  /** The target that the others are measured by, where it is not `YARDSTICK`. */
  readonly yardstick?: string
  /** The unit of a size, such as 'members'. */
  readonly axis?: string
  /** The size whose table is shown, and whose bars are drawn; the others are folded away. */
  readonly headline?: number
  /** Drawn beside each other; the first decides the order of the bars. */
  readonly bars?: readonly string[]
  /** Each drawn as a picture of how it grows with the size. */
  readonly growth?: readonly string[]
  /** Given where the chapter is of no scenario of its own: figures of others, two by two. */
  readonly pairings?: readonly Pairing[]
}

/** The target that others are divided by: it only passes messages on, and stores nothing. */
export const YARDSTICK = 'bare ws'

/** The target that figures of several nodes, and of other databases, are divided by. */
const ONE_NODE = 'parlance chatapp, PostgreSQL'
const SHARED_CORE = "PostgreSQL runs on the server's core, and is part of its CPU."
const CPU_PER_MESSAGE = ['CPU µs/message', 'CPU µs/message in nodes', 'CPU µs/message in PostgreSQL'] as const

const NATIVE_PAIRINGS: readonly Pairing[] = [
  {
    ...{ words: 'fan-out', scenario: 'fan-out', size: 1000 },
    ...{ target: 'parlance native', other: 'parlance chatapp' },
    metrics: ['deliveries/s', 'CPU µs/delivery'],
  },
  {
    ...{ words: 'rooms of five', scenario: 'rooms-of-five' },
    ...{ target: 'parlance native', other: 'parlance chatapp' },
    metrics: ['messages/s', 'CPU µs/message'],
  },
  {
    ...{ words: 'REST sends', scenario: 'rest-sends' },
    ...{ target: 'parlance native, REST', other: 'parlance messenger' },
    metrics: ['messages/s', 'CPU µs/message'],
  },
]

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
    scenario: 'few-senders',
    title: 'Fan-out of few senders: 16 connections, 64 messages in flight',
    words:
      'As above, but four messages of each of 16 senders are in flight; each is delivered to 1,000 members.',
    metrics: ['CPU µs/delivery', 'deliveries/s', 'CPU µs/message', 'messages/s'],
    ratioOf: 'deliveries/s',
    axis: 'members',
  },
  {
    scenario: 'busy-connection',
    title: 'One busy connection: a bot, a bridge or an import',
    words: 'One connection keeps this many messages in flight; each is delivered to one other and to itself.',
    note: 'With one in flight each message waits for a commit of its own and for both ways between the processes, so the disk and the turns of three threads bound it, not the processor.',
    metrics: ['CPU µs/message', 'messages/s', 'p50 ms', 'p99 ms'],
    ratioOf: 'messages/s',
    yardstick: 'Socket.IO + SQLite',
    axis: 'in flight',
    headline: 64,
    bars: ['messages/s', 'CPU µs/message'],
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
    scenario: 'mixed-writes',
    title: 'Sends among other writes: people also come, go and read',
    words:
      'The store of a node, without the rest of it, writes 500 messages at a time in 100 rooms of five; after each hundredth somebody marks a room as read, joins another, leaves it or makes a group.',
    note: 'Slices with and without the other writes take turns. The writer remembers where each log ends and who may speak there; another write makes it forget only what that write touches.',
    metrics: ['CPU µs/message', 'CPU µs/message alone', 'messages/s', 'messages/s alone', 'others/s'],
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
    scenario: 'postgres-sends',
    title: 'PostgreSQL: durable sends in one conversation',
    words: '64 people have one message on its way each; as soon as it is acknowledged they send the next.',
    note: `People of the messenger send over REST and hear nothing; all others hear everybody. ${SHARED_CORE}`,
    metrics: [...CPU_PER_MESSAGE, 'messages/s', 'p50 ms', 'p99 ms'],
    bars: ['messages/s', 'CPU µs/message'],
  },
  {
    scenario: 'postgres-rooms',
    title: 'PostgreSQL: rooms of five',
    words: '500 people have one message on its way each; as soon as it is acknowledged they send the next.',
    note: SHARED_CORE,
    metrics: [...CPU_PER_MESSAGE, 'messages/s', 'deliveries/s', 'p50 ms', 'p99 ms'],
    ratioOf: 'messages/s',
    yardstick: ONE_NODE,
    bars: ['messages/s', 'CPU µs/message'],
  },
  {
    scenario: 'postgres-alone',
    title: 'PostgreSQL: one message at a time',
    words: 'The same 500 people are there, and one of them has one message on its way.',
    note: `So each is a batch and a commit of its own: what a message costs where few come. ${SHARED_CORE}`,
    metrics: [...CPU_PER_MESSAGE, 'messages/s', 'p50 ms', 'p99 ms'],
  },
  {
    scenario: 'postgres-batches',
    title: 'PostgreSQL: what a batch costs, and what each message in it',
    words:
      'The store of a node, without the rest of it, writes one batch after the other: of 1 message, then of 500.',
    note: `The messages are of 100 bytes and have client ids. What a batch costs, whatever is in it, and what each message in it, follows from the two sizes; *batches/s* is of those with one message, *messages/s* of the others. The WAL is that of pages which were written since the last checkpoint: the first write to each after it takes up to 8 KB more. ${SHARED_CORE}`,
    metrics: [
      ...['CPU µs/batch in nodes', 'CPU µs/message in nodes'],
      ...['CPU µs/batch in PostgreSQL', 'CPU µs/message in PostgreSQL'],
      ...['batches/s', 'messages/s', 'WAL bytes/batch', 'WAL bytes/message'],
      ...['table bytes/message', 'index bytes/message'],
    ],
  },
  {
    scenario: 'migrate',
    title: 'Moving to PostgreSQL',
    words: '`parlance migrate` moves a SQLite file to an empty database, reads all back and compares.',
    note: SHARED_CORE,
    metrics: [...CPU_PER_MESSAGE, 'messages/s', 's to move all'],
    axis: 'messages stored',
  },
  {
    scenario: 'cross-node-fan-out',
    title: 'Cross-node fan-out: one conversation, its members at two nodes',
    words: '64 members have one message on its way each; each is delivered to every member.',
    note: `Half the members are at each node, and half of those who speak; with *speakers apart* all of these are at one node, and all who only listen at the other. Both nodes, PostgreSQL and Redis run on the one core of the server: what is seen is what a second node costs, not what a second machine gains.`,
    metrics: [
      'CPU µs/delivery in nodes',
      'CPU µs/delivery in PostgreSQL',
      'CPU µs/delivery in Redis',
      ...['CPU µs/delivery', 'deliveries/s', 'messages/s', 'p50 ms', 'p99 ms'],
    ],
    ratioOf: 'CPU µs/delivery in nodes',
    yardstick: ONE_NODE,
    axis: 'members',
    headline: 1000,
    bars: ['CPU µs/delivery in nodes', 'deliveries/s'],
  },
  {
    scenario: 'cross-node-latency',
    title: 'Cross-node latency with little to do',
    words: '50 messages a second by one of 100 members. From the call to send until each member has it.',
    note: 'With *speakers apart*, who sends is at one node, and the 99 who hear are at the other.',
    metrics: ['p50 ms', 'p99 ms'],
    ratioOf: 'p99 ms',
    yardstick: ONE_NODE,
    bars: ['p99 ms', 'p50 ms'],
  },
  {
    scenario: 'redis-parcels',
    title: 'Redis: what it costs to tell other nodes',
    words: 'A node tells of messages of 100 bytes; eight others hear them, and have no clients.',
    note: 'Each message is a parcel: one in a turn of the event loop, a millisecond after the one before, and so by itself; or a hundred in a turn, every 20 ms, which travel together. In Redis and in its sender a parcel costs what it costs while nobody hears it, and the sender what it does not cost without Redis. A delivery in Redis is to a node.',
    metrics: [
      ...['CPU µs/parcel in its sender', 'CPU µs/parcel in Redis', 'CPU µs/delivery in Redis'],
      ...['CPU µs/parcel in each hearer', 'bytes/parcel'],
    ],
    axis: 'in a turn',
    headline: 1,
  },
  {
    scenario: 'redis-following',
    title: 'Redis: what it costs to listen',
    words: 'A node listens to 50,000 conversations, and 50,000 people come online there.',
    note: 'What each adds to the heap of the node, without garbage, and to what Redis has in use.',
    metrics: [
      ...['KB/conversation in a node', 'bytes/conversation in Redis'],
      ...['KB/person in a node', 'bytes/person in Redis'],
    ],
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
    scenario: 'retention',
    title: 'Messages that are purged',
    words:
      'Eight people send one message after the other, before the oldest messages of another conversation are purged and meanwhile.',
    note: 'The order is an operator’s command, and the server purges a hundred messages in a step.',
    metrics: [...['p50 ms', 'p99 ms', 'p99 ms without'], ...['messages/s', 'messages/s without', 'purged/s']],
    bars: ['p99 ms', 'p50 ms'],
  },
  {
    scenario: 'greedy-neighbour',
    title: 'A greedy neighbour',
    words:
      'One account asks for the longest answers over 24 connections, as fast as it may; two others talk meanwhile.',
    note: 'From sending to delivery of a message every 50 ms, counted from the first of the greedy requests, when its allowance is whole. The limits are the default ones. A history is of 1,000 messages of 8,000 bytes, a page of 100 of them, the participants are 10,000, the users 1,000 of 10,000.',
    metrics: [...['p50 ms', 'p99 ms', 'max ms'], ...['greedy answers/s', 'greedy refusals/s', 'greedy MB/s']],
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
    scenario: 'native',
    title: 'native beside the older dialects',
    words: 'The dialect of new clients does the same work as the fastest of the older ones, in the same run.',
    note: 'Its clients get an answer to each message that they send over the socket, besides the event that everybody gets; each message has an id of the client, by which it is stored once however often it is sent. A figure is a median.',
    metrics: [],
    pairings: NATIVE_PAIRINGS,
  },
  {
    scenario: 'native-start',
    title: 'native: from `hello` to `ready`',
    words:
      'One client after the other says who it is, and is shown its newest 50 conversations, with the last message of each.',
    note: 'Each connection is open, and the client before has gone, when the clock starts. *live* is when it hears all its conversations. Afterwards somebody speaks in every one of them, and the client must hear each.',
    metrics: ['p50 ms', 'p99 ms', 'live p50 ms'],
    axis: 'conversations',
    headline: 5000,
  },
  {
    scenario: 'native-resume',
    title: 'native: everybody comes back at once, and resumes',
    words:
      '2,000 clients, each with 200 conversations, drop; each misses messages in five of them, and all come back together.',
    note: 'A hundred clients share their 200 conversations, and tell the server where they stand in each. The clock runs from the first connection until the last client hears on. Afterwards each change that each client was told is compared with the log: in order, once, with its text. *50 messages missed* is ten in each of the five; *delivered* counts changes.',
    metrics: ['s to complete', 'p50 s', 'missing changes'],
    axis: 'messages missed',
    headline: 50,
  },
  {
    scenario: 'search',
    title: 'native: search',
    words:
      'One person searches over REST, one search after the other: for a common word, a rare one, and one that only others use.',
    note: 'Half of all messages are in the 50 conversations of who searches, most of them in one. The common word is in each of those, the rare one in the oldest alone, the forbidden one in every message of others. Each page must have 50 messages, one, and none. *index messages/s* is how fast a server indexed messages that were there before, with nothing else to do.',
    metrics: [
      ...['common p50 ms', 'common p99 ms', 'rare p50 ms', 'rare p99 ms', 'forbidden p50 ms'],
      ...['forbidden p99 ms', 'index messages/s'],
    ],
    axis: 'messages stored',
    headline: 1e6,
  },
  {
    scenario: 'web-frames',
    title: 'The web client: frames of a list that moves',
    words:
      'In Chromium a reader turns the wheel at each frame, back through a conversation of 100,000 messages; is at its end while 300 messages come over one connection; and goes from it to another and back.',
    note: 'Without a window, and on the core of the load generator, which sends the burst: a frame there is late whenever the machine has something else to do, and none is drawn by a graphics card. *p99* and *longest* are times between two frames, of which an idle page has one each 16.7 ms; *busiest CPU* is the most processor time that the thread of the page took from one frame to the next, whatever else the machine did meanwhile. *open p50* is from the new address to the first frame that has rows of the other conversation; *first paint* is that of a page whose files are in no cache, *KB of script* all that it loads then, compressed by Brotli.',
    metrics: [
      ...['scroll p99 ms', 'scroll longest ms', 'scroll busiest CPU ms'],
      ...['burst p99 ms', 'burst longest ms', 'burst busiest CPU ms'],
      ...['open p99 ms', 'open longest ms', 'open busiest CPU ms', 'open p50 ms'],
      ...['first paint p50 ms', 'KB of script'],
    ],
    axis: 'messages stored',
    headline: 1e5,
  },
  {
    scenario: 'like-campfire',
    title: 'Like Campfire: posts that a search finds',
    words:
      'Sixteen keep-alive clients post over REST into one conversation, each one message after the other; the clock stops when the load ends, and again when the index has every word.',
    note: 'Here a follower writes the index after the commit, and has little of a busy writer: *posts/s* is what was acknowledged, *posts/s, indexed* counts the time until the index had all of it, *behind at the end* is the messages that it did not have when the load ended. Afterwards each acknowledged message is looked for by its id, with its text, and in the index by its words. For the same exercise others have published (October 2026, four cores of a Ryzen AI Max): Go 9,073 posts/s, Rust 8,998, C 7,460, Node with Express 2,088, Rails 248. These figures cannot be compared with ours as they stand. Their machine is another and has twice the cores, their servers wrote the index with the message, and those on Node and Rails did not wait for the disk: here each message is synced before it is acknowledged, and server and clients have a core each.',
    metrics: [
      ...['CPU µs/post', 'posts/s', 'posts/s, indexed', 'p50 ms', 'p99 ms'],
      ...['behind at the end', 's until indexed'],
    ],
  },
  {
    scenario: 'endurance',
    title: 'Endurance: memory over 10 million deliveries',
    words: 'Flat memory means that nothing is kept which nobody needs.',
    metrics: ['MB at start', 'MB after 10 %', 'MB at end'],
  },
]
