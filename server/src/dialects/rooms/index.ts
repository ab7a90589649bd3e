import type { LongAnswers } from '../../answers/index.ts'
import type { Chat } from '../../core/chat.ts'
import { Audiences, countingInto, type Feeds, LiveAccounts, type Render } from '../../delivery/index.ts'
import type { Tally } from '../../lib/tally.ts'
import type { Logger } from '../../observe/index.ts'
import type { AddressOf, Limits } from '../../transport/index.ts'
import type { RawDialect } from '../dialect.ts'
import type { FileLines } from '../file-lines.ts'
import { renderLine, renderPacket } from './events.ts'
import { createRoomsApp } from './http.ts'
import { RawClients } from './raw.ts'
import { REQUESTS, Requests } from './requests.ts'
import { RoomAccess } from './room-access.ts'
import { SocketIoClients } from './socket-io.ts'

interface RoomsDeps {
  readonly chat: Chat
  readonly answers: LongAnswers
  readonly feeds: Feeds
  readonly lines: FileLines
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly tally: Tally
  /** Messages a history has at most; 0 for all. */
  readonly historyLimit: number
}

/** HTTP that always answers 200, raw TCP and Socket.IO. */
export function mountRooms(deps: RoomsDeps): RawDialect<'rooms'> {
  const { chat, feeds, lines, limits, answers, addressOf, log, tally, historyLimit } = deps
  const access = new RoomAccess(chat, limits)
  const requests = new Requests({ chat, lines, limits, access, answers, historyLimit })
  const http = createRoomsApp({ requests, limits, addressOf, log, maxMessageBytes: chat.messages.maxBytes })
  const partsOf = (render: Render) => {
    const audiences = new Audiences(feeds, lines.rendering(render), countingInto(tally))
    const onError = (err: unknown, requestId: string | undefined) =>
      log.error({ err, requestId }, 'review of an account failed')
    return { access, audiences, liveAccounts: new LiveAccounts({ chat, feeds, audiences, onError }) }
  }
  const raw = new RawClients(partsOf(renderLine), limits, log)
  const socketIo = new SocketIoClients({
    parts: partsOf(renderPacket),
    visits: chat.visits,
    limits,
    log,
  })
  return {
    name: 'rooms',
    http,
    socketIo,
    paths: [...REQUESTS.keys()],
    acceptRaw: (socket, handshakeMs, onKnown) => raw.accept(socket, handshakeMs, onKnown),
    countConnections: () => raw.count + socketIo.count,
    async close() {
      await Promise.all([raw.close(), socketIo.close()])
    },
  }
}
