import type { Running, Subject } from '../../target.ts'
import { connectChatapp } from './clients.ts'
import { deploy } from './deployment.ts'
import { onSqlite } from './layout.ts'
import type { ParlanceWorld } from './seed.ts'
import type { Conversation, Person } from './seeding.ts'
import type { Parlance } from './server.ts'

/** The request that a greedy client repeats. */
export interface Ask {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The request as a frame over a WebSocket at that path; absent when it is an HTTP request. */
  readonly frame?: string
}

/** A server with a conversation that has the longest answers there are, one of its members, and people elsewhere. */
export interface GreedyWorld {
  readonly ask: Ask
  /** The server as the other people use it: its conversation 0 is theirs. */
  readonly others: Running
}

/** One kind of long answer. */
export interface Greed extends Subject {
  start(size: { readonly members: number; readonly messages: number }): Promise<GreedyWorld>
}

const HISTORY_BYTES = 8_000

type AskOf = (parlance: Parlance, conversation: Conversation, person: Person) => Omit<Ask, 'port'>

const bearer = (parlance: Parlance, dialect: 'messenger' | 'channels', person: Person) => ({
  Authorization: `Bearer ${parlance.token(dialect, person)}`,
})

const askMessenger =
  (pathOf: (chatId: number) => string): AskOf =>
  (parlance, { conversationId }, person) => ({
    path: pathOf(conversationId),
    headers: bearer(parlance, 'messenger', person),
  })

export const greeds: readonly Greed[] = [
  greed('rooms, history', 'open', (_parlance, { gid }, { roomsSecret }) => ({
    path: `/get-room-history?room_gid=${gid}`,
    headers: { user: roomsSecret },
  })),
  greed('channels, history', 'private', (parlance, { people }, person) => ({
    path: `/api/get_message/private-chat_${people[0]?.accountId}_${people[1]?.accountId}`,
    headers: bearer(parlance, 'channels', person),
  })),
  greed('channels, users', 'group', (parlance, _conversation, person) => ({
    path: '/api/users',
    headers: bearer(parlance, 'channels', person),
  })),
  greed(
    'messenger, participants',
    'group',
    askMessenger((chatId) => `/chat/${chatId}`),
  ),
  greed(
    'messenger, messages',
    'group',
    askMessenger((chatId) => `/chat/${chatId}/messages?limit=100`),
  ),
  greed('chatapp, messages', 'group', (parlance, { conversationId }, person) => ({
    path: '/ws',
    headers: { Cookie: `login-token=${parlance.token('chatapp', person)}` },
    frame: JSON.stringify({ type: 'get_messages', conversation_id: conversationId }),
  })),
]

function greed(name: string, kind: ParlanceWorld['kind'], askOf: AskOf): Greed {
  return {
    name: `parlance ${name}`,
    durability: 'synced',
    missing: onSqlite.missing,
    start: async ({ members, messages }) => {
      const world = {
        ...{ kind, conversations: 2, membersEach: 2, history: messages, historyBytes: HISTORY_BYTES },
        firstMembers: kind === 'private' ? 2 : members,
        isLimited: true,
      }
      const deployed = await deploy(world, onSqlite)
      const [parlance] = deployed.nodes
      const [first, second] = parlance?.conversations ?? []
      const person = first?.people[0]
      if (!parlance || !first || !second || !person) throw new Error('no such place')
      return {
        ask: { port: parlance.port, ...askOf(parlance, first, person) },
        others: {
          pids: [parlance.pid],
          connect: ({ member }, ear) => {
            const other = second.people[member]
            if (!other) throw new Error('no such place')
            return connectChatapp({ parlance, conversation: second, person: other, ear })
          },
          countStored: () => deployed.countStored(),
          stop: () => deployed.stop(),
        },
      }
    },
  }
}
