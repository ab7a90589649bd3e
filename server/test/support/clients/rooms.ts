import { ask, post, RawListener, type RoomsMessage, type SocketIoKind, SocketIoListener } from '../rooms.ts'
import {
  type Called,
  type Client,
  cannotOpen,
  type Opening,
  type Person,
  type Place,
  refuse,
  type Shown,
  type Stream,
  type Where,
} from './client.ts'

const PAGE = 250
const SOCKET_IO: readonly SocketIoKind[] = ['Socket.IO 4, WebSocket only', 'Socket.IO 2, polling first']

/** fetch for requests; raw TCP and both ages of socket.io-client for what happens. */
export class RoomsDevice implements Client {
  readonly dialect = 'rooms'
  readonly #where: Where
  /** The secret of this login. */
  readonly uuid: string
  readonly #listeners: { end(): void }[] = []

  private constructor(where: Where, uuid: string) {
    this.#where = where
    this.uuid = uuid
  }

  static register({ url }: Where, { username, password }: Person): Promise<unknown> {
    return post(url, '/register', { login: username, password, username: `${username} of rooms` })
  }

  static async logIn(where: Where, { username, password }: Person): Promise<RoomsDevice> {
    const answer = await post(where.url, '/login', { login: username, password })
    if (!answer.ok) return refuse(answer)
    return new RoomsDevice(where, (answer.data as { uuid: string }).uuid)
  }

  async open(opening: Opening): Promise<Called> {
    if (opening.kind !== 'open' || opening.name !== undefined) cannotOpen(this.dialect, opening)
    const { data } = await post(this.#where.url, '/create-room', {}, this.#credential)
    return { by: 'gid or name', name: (data as { room_gid: string }).room_gid }
  }

  async send({ gid }: Place, msg: string): Promise<void> {
    const answer = await post(this.#where.url, '/send-message', { room_gid: gid, msg }, this.#credential)
    if (!answer.ok) refuse(answer)
  }

  async listen({ gid }: Place): Promise<readonly Stream[]> {
    const pass = JSON.stringify({ uuid: this.uuid, room_gid: gid })
    const raw = new RawListener(this.#where.tcpPort ?? 0).write(pass)
    this.#listeners.push(raw)
    const streams = [streamOf('raw TCP', raw)]
    for (const kind of SOCKET_IO) {
      const socket = new SocketIoListener(this.#where.url, kind)
      this.#listeners.push(socket)
      if ((await socket.auth(pass)) === 'refused') refuse('disconnected')
      streams.push(streamOf(kind, socket))
    }
    return streams
  }

  async history({ gid }: Place): Promise<readonly Shown[]> {
    const all: RoomsMessage[] = []
    for (;;) {
      const before = all[0] ? `&before=${all[0].msg.msgId}` : ''
      const path = `/get-room-history?room_gid=${gid}&limit=${PAGE}${before}`
      const { answer } = await ask(this.#where.url, path, { headers: this.#credential })
      if (!answer.ok) return refuse(answer)
      const page = answer.data as readonly RoomsMessage[]
      all.unshift(...page)
      if (page.length < PAGE) return all.map(shownOf)
    }
  }

  /** The protocol names a room by nothing but its gid, which the client has from elsewhere. */
  async title(): Promise<undefined> {
    return undefined
  }

  async again(where = this.#where): Promise<RoomsDevice> {
    return new RoomsDevice(where, this.uuid)
  }

  close(): void {
    for (const listener of this.#listeners) listener.end()
  }

  get #credential(): { user: string } {
    return { user: this.uuid }
  }
}

const streamOf = (transport: string, heard: { readonly messages: readonly RoomsMessage[] }): Stream => ({
  transport,
  get shown() {
    return heard.messages.map(shownOf)
  },
})

const shownOf = ({ sender, msg }: RoomsMessage): Shown => ({
  text: msg.txt,
  id: msg.msgId,
  sender,
  at: msg.timestamp,
})
