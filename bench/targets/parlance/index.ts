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
import { openReader } from './reader.ts'
import { type ParlanceWorld, startParlance } from './server.ts'

interface Dialect {
  readonly name: string
  /** Who connects how, by the number of the member. */
  readonly connects: readonly [Connect, ...Connect[]]
  readonly kind: ParlanceWorld['kind']
  /** A private conversation has two people, however many connections they have. */
  readonly arePeopleTwo?: boolean
  readonly areGuests?: boolean
}

export const parlanceChatapp = target({ name: 'parlance chatapp', connects: [connectChatapp], kind: 'group' })
export const parlanceRooms = target({ name: 'parlance rooms', connects: [connectRooms], kind: 'open' })
export const parlanceGroups = target({
  ...{ name: 'parlance groups', connects: [connectGroups], kind: 'open', areGuests: true },
})
export const parlanceChannels = target({
  ...{ name: 'parlance channels', connects: [connectChannels], kind: 'private', arePeopleTwo: true },
})
export const parlanceMessenger = target({
  ...{ name: 'parlance messenger', connects: [connectMessenger], kind: 'group' },
})
/** A fifth of the members each; those of the messenger only send. */
export const parlanceMixed = target({
  name: 'parlance five dialects mixed',
  connects: [connectChatapp, connectRooms, connectGroups, connectChannels, connectMessenger],
  kind: 'private',
  arePeopleTwo: true,
})

function target({ name, connects, kind, arePeopleTwo = false, areGuests = false }: Dialect): Target {
  return {
    name,
    durability: 'synced',
    missing: () => undefined,
    coldStart: (world) => coldStartParlance({ ...world, kind, areGuests }),
    start: async (world: World): Promise<Running> => {
      const membersEach = arePeopleTwo ? 2 : world.membersEach
      const parlance = await startParlance({ ...world, membersEach, kind, areGuests })
      return {
        pids: [parlance.pid],
        collectGarbage: () => collectGarbage(parlance.pid),
        connect: ({ conversation: c, member }: Place, ear) => {
          const conversation = parlance.conversations[c]
          const person = conversation?.people[member % membersEach]
          const connect = connects[member % connects.length] ?? connects[0]
          if (!conversation || !person) throw new Error('no such place')
          return connect({ parlance, conversation, person, ear })
        },
        openReader: ({ conversation: c, member }) => openReader(parlance, c, member),
        countStored: async () => parlance.countStored(),
        stop: () => parlance.stop(),
      }
    },
  }
}
