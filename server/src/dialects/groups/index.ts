import type { LongAnswers } from '../../answers/index.ts'
import type { Chat } from '../../core/chat.ts'
import { Audiences, countingInto, type Feeds, LiveAccounts } from '../../delivery/index.ts'
import type { Tally } from '../../lib/tally.ts'
import type { Logger } from '../../observe/index.ts'
import type { Limits, SocketIoConnection, SocketIoSession } from '../../transport/index.ts'
import type { Dialect } from '../dialect.ts'
import type { FileLines } from '../file-lines.ts'
import { Directory } from './directory.ts'
import { renderEvent } from './events.ts'
import { GroupsSocket } from './groups-socket.ts'
import { Identity } from './identity.ts'
import { Session } from './session.ts'

interface GroupsDeps {
  readonly chat: Chat
  readonly feeds: Feeds
  readonly lines: FileLines
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly log: Logger
  readonly tally: Tally
  /** May names without a password be made and used? */
  readonly guestsAllowed: boolean
}

/** The Socket.IO events of python-socketio-style group chats. */
export function mountGroups({
  chat,
  feeds,
  lines,
  answers,
  limits,
  log,
  tally,
  guestsAllowed,
}: GroupsDeps): Dialect<'groups'> {
  const liveAccounts = new LiveAccounts({
    chat,
    feeds,
    audiences: new Audiences(feeds, lines.rendering(renderEvent), countingInto(tally)),
    onError: (err, requestId) => log.error({ err, requestId }, 'review of an account failed'),
  })
  const shared = {
    chat,
    lines,
    limits,
    answers,
    identity: new Identity({ chat, limits, guestsAllowed }),
    directory: new Directory(chat.conversations, limits),
  }
  const sessions = new Set<Session>()

  const connect = (connection: SocketIoConnection): SocketIoSession => {
    const session = new Session(connection, liveAccounts)
    return new GroupsSocket({ ...shared, session }, { sessions, log })
  }

  return {
    name: 'groups',
    paths: [],
    socketIo: { connect },
    // On a shared port a socket that never said who it is may be another dialect's.
    countConnections: () => bound(sessions).length,
    // The listener cuts them off: a client that is sent away in so many words would not come back by itself.
    close: async () => {
      const end = (session: Session) =>
        session
          .end()
          .catch((err) => log.error({ err, requestId: session.requestId }, 'connection failed to end'))
      await Promise.all([...sessions].map(end))
    },
  }
}

const bound = (sessions: ReadonlySet<Session>): readonly Session[] =>
  [...sessions].filter(({ account }) => account !== undefined)
