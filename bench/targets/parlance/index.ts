import { collectGarbage } from '../../measure/node-command.ts'
import type { Place, Running, Target, World } from '../../target.ts'
import {
  type Connect,
  connectChannels,
  connectChatapp,
  connectGroups,
  connectMessenger,
  connectRooms,
} from './clients.ts'
import { coldStartParlance } from './cold-start.ts'
import { deploy } from './deployment.ts'
import { type Layout, onPostgres, onSqlite, onTwoNodes, speakersApart } from './layout.ts'
import { connectNative, connectNativeRest } from './native-clients.ts'
import { openReader } from './reader.ts'
import type { ParlanceWorld } from './seed.ts'

interface Dialect {
  readonly name: string
  /** Ways to connect: members take them in turn, by number. */
  readonly connects: readonly [Connect, ...Connect[]]
  readonly kind: ParlanceWorld['kind']
  /** A private conversation has two people, however many connections they have. */
  readonly arePeopleTwo?: boolean
  readonly areGuests?: boolean
}

const chatapp: Dialect = { name: 'parlance chatapp', connects: [connectChatapp], kind: 'group' }
const messenger: Dialect = { name: 'parlance messenger', connects: [connectMessenger], kind: 'group' }

export const parlanceChatapp = target(chatapp)
export const parlanceRooms = target({ name: 'parlance rooms', connects: [connectRooms], kind: 'open' })
export const parlanceGroups = target({
  ...{ name: 'parlance groups', connects: [connectGroups], kind: 'open', areGuests: true },
})
export const parlanceChannels = target({
  ...{ name: 'parlance channels', connects: [connectChannels], kind: 'private', arePeopleTwo: true },
})
export const parlanceMessenger = target(messenger)
export const parlanceNative = target({ name: 'parlance native', connects: [connectNative], kind: 'group' })
export const parlanceNativeRest = target({
  ...{ name: 'parlance native, REST', connects: [connectNativeRest], kind: 'group' },
})
/** A fifth of the members each; those of the messenger only send. */
export const parlanceMixed = target({
  name: 'parlance five dialects mixed',
  connects: [connectChatapp, connectRooms, connectGroups, connectChannels, connectMessenger],
  kind: 'private',
  arePeopleTwo: true,
})

export const parlanceChatappPostgres = target(named(chatapp, 'PostgreSQL'), onPostgres)
export const parlanceMessengerPostgres = target(named(messenger, 'PostgreSQL'), onPostgres)
export const parlanceTwoNodes = target(named(chatapp, 'two nodes'), onTwoNodes)
export const parlanceSpeakersApart = target(named(chatapp, 'two nodes, speakers apart'), speakersApart)

function named(dialect: Dialect, layout: string): Dialect {
  return { ...dialect, name: `${dialect.name}, ${layout}` }
}

function target(dialect: Dialect, layout: Layout = onSqlite): Target {
  const { name, connects, kind, arePeopleTwo = false, areGuests = false } = dialect
  return {
    name,
    durability: 'synced',
    missing: () => layout.missing(),
    coldStart: (world, starts) => coldStartParlance({ ...world, kind, areGuests }, layout, starts),
    start: async (world: World): Promise<Running> => {
      const membersEach = arePeopleTwo ? 2 : world.membersEach
      const parlance = await deploy({ ...world, membersEach, kind, areGuests }, layout)
      const pids = parlance.nodes.map(({ pid }) => pid)
      const nodeOf = (member: number) => {
        const node = parlance.nodes[layout.nodeOf(member, world)]
        if (!node) throw new Error('no such node')
        return node
      }
      return {
        get pids() {
          return [...pids, ...Object.values(parlance.engines).flat()]
        },
        get engines() {
          return parlance.engines
        },
        collectGarbage: async () => void (await Promise.all(pids.map(collectGarbage))),
        connect: ({ conversation: c, member }: Place, ear) => {
          const node = nodeOf(member)
          const conversation = node.conversations[c]
          const person = conversation?.people[member % membersEach]
          const connect = connects[member % connects.length] ?? connects[0]
          if (!conversation || !person) throw new Error('no such place')
          return connect({ parlance: node, conversation, person, ear })
        },
        openReader: ({ conversation: c, member }) => openReader(nodeOf(member), c, member),
        countStored: () => parlance.countStored(),
        stop: () => parlance.stop(),
      }
    },
  }
}
