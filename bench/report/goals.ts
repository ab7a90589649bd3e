import type { FigureName } from './figures.ts'

/** A figure that the server is to reach. When several figures have the name, the one that is furthest from the goal counts. */
export interface Goal {
  readonly topic: string
  readonly words: string
  readonly figure: FigureName
  /** The divisor of the figure, in the same run; if there are several, the one that makes the goal hardest. */
  readonly per?: FigureName
  readonly must: 'be at least' | 'be at most' | 'be below'
  readonly threshold: number
  /** No run may miss it; else the median counts. */
  readonly isForEveryRun?: boolean
}

type Row = Omit<Goal, 'topic'>

const goal =
  (must: Goal['must'], threshold: number) => (words: string, figure: FigureName, per?: FigureName) =>
    ({ words, figure, ...(per && { per }), must, threshold }) satisfies Row
const atLeast = (threshold: number) => goal('be at least', threshold)
const atMost = (threshold: number) => goal('be at most', threshold)
const below = (threshold: number) => goal('be below', threshold)

const topic = (name: string, rows: readonly Row[]): readonly Goal[] =>
  rows.map((row) => ({ topic: name, ...row }))

const fanOut = (target: string, metric = 'deliveries/s'): FigureName => ({
  scenario: 'fan-out',
  target,
  size: 1000,
  metric,
})
const rooms = (target: string): FigureName => ({ scenario: 'rooms-of-five', target, metric: 'messages/s' })
const rest = (target: string): FigureName => ({ scenario: 'rest-sends', target, metric: 'messages/s' })
const p99 = (scenario: string, target: string): FigureName => ({ scenario, target, metric: 'p99 ms' })
const idle = (target: string): FigureName => ({
  scenario: 'idle-connection',
  target,
  metric: 'KB/connection',
})
const history = (page: 'newest' | 'around', size: number): FigureName => ({
  scenario: 'history',
  target: 'parlance',
  size,
  metric: `${page} p50 ms`,
})
const coldStart = (size: number): FigureName => ({
  scenario: 'cold-start',
  target: 'parlance',
  size,
  metric: 'ms to first log-in',
})
const purging = (metric: string): FigureName => ({
  scenario: 'retention',
  target: 'parlance',
  size: 1e6,
  metric,
})
const storm = (metric: string): FigureName => ({ scenario: 'reconnect-storm', target: 'parlance', metric })
const memory = (metric: string): FigureName => ({ scenario: 'endurance', target: 'parlance', metric })

const busy = (target: string): FigureName => ({
  scenario: 'busy-connection',
  target,
  size: 64,
  metric: 'messages/s',
})
const mixed = (metric: string): FigureName => ({
  scenario: 'mixed-writes',
  target: 'parlance store, SQLite',
  metric,
})
const few = (target: string): FigureName => ({
  scenario: 'few-senders',
  target,
  size: 1000,
  metric: 'deliveries/s',
})

const start = (size: number): FigureName => ({
  scenario: 'native-start',
  target: 'parlance native',
  size,
  metric: 'p50 ms',
})
const found = (metric: string): FigureName => ({
  ...{ scenario: 'search', target: 'parlance native', metric, size: 1e6 },
})
const resume = (metric: string): FigureName => ({
  ...{ scenario: 'native-resume', target: 'parlance native', metric, size: 50 },
})

const web = (metric: string): FigureName => ({
  ...{ scenario: 'web-frames', target: 'parlance web', metric, size: 1e5 },
})

const chatapp = 'parlance chatapp'
const messenger = 'parlance messenger'
const native = 'parlance native'
const socketIo = 'Socket.IO + SQLite'

/** 'Flat' and 'no slower': two medians of the same thing differ by a tenth from noise alone. */
const noMore = atMost(1.1)

export const goals: readonly Goal[] = [
  ...topic('Fan-out to 1,000 members, deliveries/s', [
    atLeast(3e6)('chatapp (WebSocket)', fanOut(chatapp)),
    atLeast(25)('chatapp, against bare ws', fanOut(chatapp), fanOut('bare ws')),
    atMost(0.4)('chatapp, CPU µs per delivery', fanOut(chatapp, 'CPU µs/delivery')),
    atLeast(3e6)('native (WebSocket)', fanOut(native)),
    atLeast(2e6)('channels (Pusher)', fanOut('parlance channels')),
    atLeast(2e6)('rooms (TCP)', fanOut('parlance rooms')),
    atLeast(1e6)('groups (Socket.IO)', fanOut('parlance groups')),
    atLeast(1.5e6)('five dialects in one conversation', fanOut('parlance five dialects mixed')),
  ]),
  ...topic('One conversation of 1,000, 16 senders, deliveries/s', [
    atLeast(25)('chatapp, against bare ws', few(chatapp), few('bare ws')),
  ]),
  ...topic('One connection with 64 messages in flight, messages/s', [
    atLeast(5)('chatapp, against Socket.IO + SQLite', busy(chatapp), busy(socketIo)),
    atLeast(5)('groups, against Socket.IO + SQLite', busy('parlance groups'), busy(socketIo)),
  ]),
  ...topic('500 people in 100 rooms of five, messages/s', [
    atLeast(25_000)('chatapp', rooms(chatapp)),
    atLeast(25_000)('native', rooms(native)),
    atLeast(1.8)('against bare ws, which stores nothing', rooms(chatapp), rooms('bare ws')),
    atLeast(9)('against Socket.IO + SQLite', rooms(chatapp), rooms(socketIo)),
    atLeast(20)('against ejabberd', rooms(chatapp), rooms('ejabberd')),
  ]),
  ...topic('Sends among other writes, messages/s', [
    atLeast(0.9)('the store, against sends alone', mixed('messages/s'), mixed('messages/s alone')),
  ]),
  ...topic('REST sends, 64 in flight, messages/s', [
    atLeast(10_000)('messenger', rest(messenger)),
    atLeast(10_000)('native', rest(native)),
  ]),
  ...topic('End to end, p99 in ms', [
    atMost(1.5)(
      '50 msg/s × 100 members, against bare ws',
      p99('latency', chatapp),
      p99('latency', 'bare ws'),
    ),
    below(1)('the same, against Socket.IO + SQLite', p99('latency', chatapp), p99('latency', socketIo)),
    atMost(10)('2,000 durable msg/s in 100 rooms', p99('latency-busy', chatapp)),
  ]),
  ...topic('Others, while one account asks for the longest answers, p99 in ms', [
    atMost(50)('history of rooms', p99('greedy-neighbour', 'parlance rooms')),
    atMost(50)('history or users of channels', p99('greedy-neighbour', 'parlance channels')),
    atMost(50)('participants or messages of messenger', p99('greedy-neighbour', 'parlance messenger')),
    atMost(50)('messages of chatapp', p99('greedy-neighbour', 'parlance chatapp')),
  ]),
  ...topic('Sends while a million messages are purged, p99 in ms', [
    atMost(1.5)('against the same without', purging('p99 ms'), purging('p99 ms without')),
  ]),
  ...topic('Idle authenticated connection, KB', [
    atMost(12)('chatapp (WebSocket)', idle(chatapp)),
    atMost(10)('native (WebSocket)', idle(native)),
    atMost(12)('channels (WebSocket)', idle('parlance channels')),
    atMost(20)('groups (Socket.IO)', idle('parlance groups')),
    atMost(6)('rooms (TCP)', idle('parlance rooms')),
  ]),
  ...topic('A page of history with 8 readers, p50 in ms', [
    atMost(1)('newest 100 of 100,000', history('newest', 1e5)),
    atMost(1)('newest 100 of 1,000,000', history('newest', 1e6)),
    atMost(1)('100 around any of 100,000', history('around', 1e5)),
    atMost(1)('100 around any of 1,000,000', history('around', 1e6)),
    noMore('newest, a million against 100,000', history('newest', 1e6), history('newest', 1e5)),
    noMore('around, a million against 100,000', history('around', 1e6), history('around', 1e5)),
  ]),
  ...topic('Cold start to the first log-in, ms', [
    atMost(500)('empty database', coldStart(0)),
    atMost(500)('1,000,000 messages', coldStart(1e6)),
  ]),
  ...topic('2,000 clients come back, each missed 50', [
    atMost(3)('seconds until all have everything', storm('s to complete')),
    { ...atMost(0)('messages missing', storm('missing messages')), isForEveryRun: true },
  ]),
  ...topic('native beside the older dialects', [
    atLeast(0.9)('fan-out, against chatapp', fanOut(native), fanOut(chatapp)),
    atLeast(0.9)('rooms of five, against chatapp', rooms(native), rooms(chatapp)),
    atLeast(0.9)('REST sends, against messenger', rest(native), rest(messenger)),
  ]),
  ...topic('native, from hello to ready, p50 in ms', [
    atMost(5)('5,000 conversations', start(5000)),
    noMore('5,000 conversations against 50', start(5000), start(50)),
  ]),
  ...topic('native, 2,000 clients come back, each missed 50', [
    atMost(3)('seconds until all are live', resume('s to complete')),
    { ...atMost(0)('changes missing', resume('missing changes')), isForEveryRun: true },
  ]),
  ...topic('native, a search over 1 million messages, ms', [
    ...['common', 'rare', 'forbidden'].flatMap((word) => [
      atMost(5)(`a ${word} word, p50`, found(`${word} p50 ms`)),
      atMost(50)(`a ${word} word, p99`, found(`${word} p99 ms`)),
    ]),
  ]),
  ...topic('The web client in Chromium, ms', [
    ...(['longest', 'busiest CPU'] as const).flatMap((of) => [
      atMost(50)(`${of} frame of scrolling back by the wheel`, web(`scroll ${of} ms`)),
      atMost(50)(`${of} frame of a burst of 300 messages`, web(`burst ${of} ms`)),
      atMost(50)(`${of} frame of going to another conversation`, web(`open ${of} ms`)),
    ]),
  ]),
  ...topic('Memory over 10 million deliveries', [
    noMore('at the end, against after 10 %', memory('MB at end'), memory('MB after 10 %')),
  ]),
]
