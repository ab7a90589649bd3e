import { cases, IN_FLIGHT, oneConversation, roomsOfFive } from './cases.ts'
import { postgresIsMissing } from './measure/postgres.ts'
import { redisIsMissing } from './measure/redis.ts'
import type { Scenario } from './scenario.ts'
import { coldStart } from './scenarios/cold-start.ts'
import { endurance } from './scenarios/endurance.ts'
import { greedyNeighbour } from './scenarios/greedy-neighbour.ts'
import { history } from './scenarios/history.ts'
import { idleConnection } from './scenarios/idle-connection.ts'
import { latency } from './scenarios/latency.ts'
import { likeCampfire } from './scenarios/like-campfire.ts'
import { migrate, parlanceMigrate } from './scenarios/migrate.ts'
import { mixedWrites, sqliteStore } from './scenarios/mixed-writes.ts'
import { nativeResume } from './scenarios/native-resume.ts'
import { nativeStart } from './scenarios/native-start.ts'
import { postgresBatches, postgresStore } from './scenarios/postgres-batches.ts'
import { reconnectStorm } from './scenarios/reconnect-storm.ts'
import { redisFollowing } from './scenarios/redis-following.ts'
import { redisBus, redisParcels } from './scenarios/redis-parcels.ts'
import { retention } from './scenarios/retention.ts'
import { search } from './scenarios/search.ts'
import { webFrames } from './scenarios/web-frames.ts'
import type { Target } from './target.ts'
import { bareWs } from './targets/bare-ws.ts'
import { ejabberdPostgres, ejabberdSqlite } from './targets/ejabberd.ts'
import { mosquitto } from './targets/mosquitto.ts'
import { greeds } from './targets/parlance/greed.ts'
import {
  parlanceChannels,
  parlanceChatapp,
  parlanceChatappPostgres,
  parlanceGroups,
  parlanceMessenger,
  parlanceMessengerPostgres,
  parlanceMixed,
  parlanceNative,
  parlanceNativeRest,
  parlanceRooms,
  parlanceSpeakersApart,
  parlanceTwoNodes,
} from './targets/parlance/index.ts'
import { parlancePurged } from './targets/parlance/purged.ts'
import { parlanceWeb } from './targets/parlance/web.ts'
import { prosodySqlite } from './targets/prosody.ts'
import { socketIoSqlite } from './targets/socket-io-sqlite.ts'

interface CatalogueOptions {
  /** Also the servers that are on this machine. Without it, only what runs on this Node. */
  readonly peers: boolean
  /** Small sizes, which show that a scenario runs and nothing more. */
  readonly isShort: boolean
}

const NODE_PEERS: readonly Target[] = [bareWs, socketIoSqlite]
const INSTALLED_PEERS = [ejabberdSqlite, ejabberdPostgres, prosodySqlite, mosquitto]
const DIALECTS = [
  parlanceChatapp,
  parlanceChannels,
  parlanceRooms,
  parlanceGroups,
  parlanceNative,
  parlanceMixed,
]

/** Every scenario, with the targets and sizes that it is run for. */
export function listScenarios({ peers, isShort }: CatalogueOptions): readonly Scenario[] {
  const others = [...NODE_PEERS, ...(peers ? INSTALLED_PEERS.map((make) => make()) : [])]
  const sizes = <T>(whole: readonly T[], short: readonly T[]): readonly T[] => (isShort ? short : whole)
  /** In short only the first: a scenario does the same to all, and each of the others runs in another scenario. */
  const compared = (targets: readonly Target[]): readonly Target[] =>
    isShort ? targets.slice(0, 1) : targets
  const postgresPeers = peers ? [ejabberdPostgres()] : []
  const rooms = { conversations: isShort ? 4 : 100 }
  return [
    {
      name: 'fan-out',
      title: 'One conversation, 64 messages in flight.',
      axis: 'members',
      runs: [
        ...cases(DIALECTS, sizes([1000], [20]), fanOut),
        ...cases([parlanceChatapp], sizes([10, 100, 10_000], []), fanOut),
        ...cases(others, sizes([100, 1000], [20]), fanOut),
      ],
    },
    {
      name: 'few-senders',
      title: 'One conversation, 64 messages in flight, of 16 senders.',
      axis: 'members',
      runs: cases(compared([parlanceChatapp, bareWs]), sizes([1000], [20]), (target, membersEach) =>
        oneConversation(target, { membersEach, speakers: isShort ? 4 : 16 }),
      ),
    },
    {
      name: 'busy-connection',
      title: 'One connection that sends without waiting for answers, to one other.',
      axis: 'in flight',
      runs: cases(
        compared([parlanceChatapp, parlanceGroups, socketIoSqlite]),
        sizes([1, 64], [4]),
        (target, inFlight) => oneConversation(target, { membersEach: 2, speakers: 1, inFlight }),
      ),
    },
    {
      name: 'rooms-of-five',
      title: '500 people in 100 rooms of five, one unacknowledged message each.',
      runs: cases([parlanceChatapp, parlanceNative, ...compared(others)], [null], (target) =>
        roomsOfFive(target, rooms),
      ),
    },
    {
      name: 'mixed-writes',
      title: 'The store alone: sends, and after each hundredth a marking, joining, leaving or new group.',
      runs: cases([sqliteStore], [null], () => (pace) => mixedWrites(pace, rooms)),
    },
    {
      name: 'rest-sends',
      title: 'Messages over REST, 64 keep-alive connections with one request each.',
      runs: cases([parlanceMessenger, parlanceNativeRest], [null], sends),
    },
    {
      name: 'latency',
      title: '50 messages a second to 100 members.',
      runs: cases(compared([parlanceChatapp, ...others]), [null], (target) => (pace) => {
        const world = { conversations: 1, membersEach: isShort ? 10 : 100 }
        return latency(target, { world, perSecond: 50, pace: { ...pace, seconds: pace.seconds * 4 } })
      }),
    },
    {
      name: 'latency-busy',
      title: '2,000 messages a second in 100 rooms of five.',
      runs: cases(compared([parlanceChatapp, ...NODE_PEERS]), [null], (target) => (pace) => {
        const world = { conversations: isShort ? 10 : 100, membersEach: 5 }
        return latency(target, { world, perSecond: isShort ? 100 : 2000, pace })
      }),
    },
    {
      name: 'greedy-neighbour',
      title: 'A message every 50 ms, while one account asks for the longest answers over 24 connections.',
      runs: cases(greeds, [null], (greed) => (pace) => {
        const size = isShort ? { members: 20, messages: 50 } : { members: 10_000, messages: 1000 }
        return greedyNeighbour(greed, { size, pace })
      }),
    },
    {
      name: 'retention',
      title: 'Eight messages in flight, while the oldest of a long conversation are purged.',
      axis: 'stored messages',
      runs: cases([parlancePurged], sizes([1e6], [20_000]), (_, stored) => (pace) => retention(stored, pace)),
    },
    {
      name: 'idle-connection',
      title: 'Connected people who say nothing.',
      runs: cases(
        compared([
          parlanceChatapp,
          parlanceNative,
          parlanceGroups,
          parlanceRooms,
          parlanceChannels,
          ...others,
        ]),
        [null],
        (target) => () => idleConnection(target, isShort ? 50 : 5000),
      ),
    },
    {
      name: 'history',
      title: 'Eight readers: the newest hundred messages, and a hundred around any point.',
      axis: 'stored messages',
      runs: cases(
        [parlanceChatapp],
        sizes([1e3, 1e4, 1e5, 1e6, 1e7], [200]),
        (target, stored) => (pace) => history(target, { stored, pace }),
      ),
    },
    {
      name: 'cold-start',
      title: 'From the command to the first log-in.',
      axis: 'stored messages',
      runs: [
        ...cases(
          [parlanceChatapp],
          sizes([0, 1e6], [0]),
          (target, stored) => () => coldStart(target, { stored, starts: isShort ? 1 : 5 }),
        ),
        ...cases(compared(others), [0], (target) => () => coldStart(target, { stored: 0, starts: 1 })),
      ],
    },
    {
      name: 'reconnect-storm',
      title: '2,000 people drop, miss 50 messages each, and come back at once.',
      runs: cases(
        [parlanceChatapp],
        [null],
        (target) => () => reconnectStorm(target, { clients: isShort ? 100 : 2000, missedEach: 50 }),
      ),
    },
    {
      name: 'native-start',
      title: 'From the hello of a client to its account, over the native socket.',
      axis: 'conversations',
      runs: cases(
        [parlanceNative],
        sizes([50, 5000], [60]),
        (_, conversations) => () => nativeStart(conversations, isShort ? 5 : 200),
      ),
    },
    {
      name: 'native-resume',
      title:
        '2,000 people of 200 conversations each drop, miss messages in five of them, and come back at once.',
      axis: 'messages missed',
      runs: cases([parlanceNative], sizes([50, 250], [10]), (_, missed) => () => {
        const communities = isShort ? 2 : 20
        return nativeResume(
          { communities, clientsEach: isShort ? 10 : 100, conversationsEach: isShort ? 20 : 200 },
          missed,
        )
      }),
    },
    {
      name: 'search',
      title: 'A common, a rare and a forbidden word, searched in turn over REST.',
      axis: 'stored messages',
      runs: cases(
        [parlanceNative],
        sizes([1e6], [3_000]),
        (_, stored) => () => search(stored, isShort ? 5 : 300),
      ),
    },
    {
      name: 'web-frames',
      title:
        'A reader in Chromium scrolls back by the wheel, sees a burst come, and goes between two conversations.',
      axis: 'stored messages',
      runs: cases([parlanceWeb], sizes([1e5], [300]), (_, stored) => (pace) => {
        const size = isShort ? { burst: 20, openings: 1 } : { burst: 300, openings: 10 }
        return webFrames({ stored, ...size }, pace)
      }),
    },
    {
      name: 'like-campfire',
      title:
        'Messages over REST into one conversation, 16 keep-alive clients, until each is found by its words.',
      runs: cases([parlanceNativeRest], [null], () => likeCampfire),
    },
    {
      name: 'endurance',
      title: 'Ten million deliveries to 1,000 members.',
      runs: cases(
        [parlanceChatapp],
        [null],
        (target) => () =>
          endurance(target, { deliveries: isShort ? 10_000 : 1e7, members: isShort ? 20 : 1000 }),
      ),
    },
    {
      name: 'conversations',
      title: 'As 500 people in 100 rooms of five, in a database with many more conversations.',
      axis: 'stored conversations',
      runs: cases([parlanceChatapp], sizes([1e2, 1e3, 1e4, 1e5, 1e6], [20]), (target, stored) =>
        roomsOfFive(target, { ...rooms, strangersConversations: stored - rooms.conversations }),
      ),
    },
    {
      name: 'postgres-sends',
      title: 'One conversation of 64 people, one unacknowledged message each, stored in PostgreSQL.',
      missing: postgresIsMissing,
      runs: cases(
        compared([
          parlanceMessengerPostgres,
          parlanceMessenger,
          parlanceChatappPostgres,
          parlanceChatapp,
          ...postgresPeers,
        ]),
        [null],
        sends,
      ),
    },
    {
      name: 'postgres-rooms',
      title: '500 people in 100 rooms of five, one unacknowledged message each, stored in PostgreSQL.',
      missing: postgresIsMissing,
      runs: cases(compared([parlanceChatappPostgres, parlanceChatapp, ...postgresPeers]), [null], (target) =>
        roomsOfFive(target, rooms),
      ),
    },
    {
      name: 'postgres-alone',
      title: 'As postgres-rooms, with one message on its way at any time: each is a batch of its own.',
      missing: postgresIsMissing,
      runs: cases([parlanceChatappPostgres], [null], (target) =>
        roomsOfFive(target, { ...rooms, inFlight: 1 }),
      ),
    },
    {
      name: 'postgres-batches',
      title: 'The store alone, one batch after the other, of one message and of 500.',
      missing: postgresIsMissing,
      runs: cases([postgresStore], [null], () => (pace) => postgresBatches(pace, rooms)),
    },
    {
      name: 'migrate',
      title: 'From a SQLite file to an empty PostgreSQL, by the command line.',
      axis: 'stored messages',
      missing: postgresIsMissing,
      runs: cases([parlanceMigrate], sizes([200_000], [200]), (_, stored) => () => migrate(stored)),
    },
    {
      name: 'cross-node-fan-out',
      title: 'One conversation over two nodes, 64 messages in flight.',
      axis: 'members',
      missing: clusterIsMissing,
      runs: cases(
        compared([parlanceTwoNodes, parlanceSpeakersApart, parlanceChatappPostgres, parlanceChatapp]),
        sizes([1000], [100]),
        (target, membersEach) => oneConversation(target, { membersEach, speakers: IN_FLIGHT }),
      ),
    },
    {
      name: 'cross-node-latency',
      title: '50 messages a second from a member at one node to 99 at another.',
      missing: clusterIsMissing,
      runs: cases(
        compared([parlanceSpeakersApart, parlanceChatappPostgres, parlanceChatapp]),
        [null],
        (target) => (pace) => {
          const world = { conversations: 1, membersEach: isShort ? 10 : 100, speakers: 1 }
          return latency(target, { world, perSecond: 50, pace: { ...pace, seconds: pace.seconds * 4 } })
        },
      ),
    },
    {
      name: 'redis-parcels',
      title: 'A node tells eight others of a message each millisecond, or of a hundred together.',
      axis: 'in a turn',
      missing: redisIsMissing,
      runs: cases([redisBus], sizes([1, 100], [1]), (_, together) => (pace) => {
        const traffic = { together, hearers: isShort ? 1 : 8, everyMs: together === 1 ? 1 : 20 }
        return redisParcels({ ...pace, seconds: pace.seconds * 2 }, traffic)
      }),
    },
    {
      name: 'redis-following',
      title: 'A node listens to 50,000 conversations, and to 50,000 people who are online.',
      missing: redisIsMissing,
      runs: cases([redisBus], [null], () => (pace) => redisFollowing(pace, isShort ? 100 : 50_000)),
    },
  ]
}

const fanOut = (target: Target, membersEach: number) => oneConversation(target, { membersEach })
const sends = (target: Target) => oneConversation(target, { membersEach: IN_FLIGHT })

const clusterIsMissing = () => postgresIsMissing() ?? redisIsMissing()
