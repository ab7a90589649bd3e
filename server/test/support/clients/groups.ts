import { type ClientKind, GroupsClient, type Happening, type SentMessage } from '../groups.ts'
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

/** Events that are not refusals. */
const ORDINARY: ReadonlySet<string> = new Set(['message_sent', 'pongg'])
const SOCKET_IO: readonly ClientKind[] = ['Socket.IO 4, WebSocket only', 'Socket.IO 2, polling first']

/** Both ages of socket.io-client. */
export class GroupsDevice implements Client {
  readonly dialect = 'groups'
  readonly #where: Where
  readonly #person: Person
  /** For requests; what it hears by the way is not looked at. */
  readonly #socket: GroupsClient
  readonly #listeners: GroupsClient[] = []

  private constructor(where: Where, person: Person, socket: GroupsClient) {
    this.#where = where
    this.#person = person
    this.#socket = socket
  }

  /** The protocol knows no passwords: what it makes is a guest. */
  static async register({ url }: Where, { username }: Pick<Person, 'username'>): Promise<unknown> {
    const socket = await GroupsClient.connect(url)
    const [answer] = await socket.ask('find_user', { username })
    socket.end()
    return answer
  }

  static async logIn(where: Where, person: Person): Promise<GroupsDevice> {
    return new GroupsDevice(where, person, await bound(where, person))
  }

  async open(opening: Opening): Promise<Called> {
    const { kind, name } = opening
    if (kind !== 'open' || name === undefined) return cannotOpen(this.dialect, opening)
    answer(await this.ask('create_group', { group_name: name }), 'group_created')
    return { by: 'gid or name', name }
  }

  async send(place: Place, text: string): Promise<void> {
    const from = this.#socket.log.length
    const request = { ...this.#speaker, group_name: nameOf(place), text }
    await this.#socket.acknowledged('send_message', request)
    // The acknowledgement may overtake the event that says why not.
    await this.#socket.settled()
    const refusal = this.#socket.log.slice(from).find(([event]) => !ORDINARY.has(event))
    if (refusal) refuse(refusal)
  }

  async listen(place: Place): Promise<readonly Stream[]> {
    const streams: Stream[] = []
    for (const kind of SOCKET_IO) {
      const socket = await bound(this.#where, this.#person, kind)
      this.#listeners.push(socket)
      const visit = { ...this.#speaker, group_name: nameOf(place) }
      answer(await socket.ask('visit_group', visit), 'user_visited')
      streams.push({
        transport: kind,
        get shown() {
          return socket.messages.map(shownOf)
        },
      })
    }
    return streams
  }

  /** The protocol has the newest hundred, those not yet read apart. */
  async history(place: Place): Promise<readonly Shown[]> {
    const payload = answer(await this.ask('enter_group', { group_name: nameOf(place) }), 'enter_group')
    const [unread, read] = payload as readonly [SentMessage[], SentMessage[]]
    return [...read, ...unread].map(shownOf)
  }

  /** In the account's list. */
  async title(place: Place): Promise<string | undefined> {
    return (await this.list()).find((name) => name === nameOf(place))
  }

  async list(): Promise<readonly string[]> {
    const found = answer(await this.ask('find_user'), 'user_found')
    return (found as { group_list: readonly string[] }).group_list
  }

  ask(event: string, fields: object = {}): Promise<Happening[]> {
    return this.#socket.ask(event, { ...this.#speaker, ...fields })
  }

  again(where = this.#where): Promise<GroupsDevice> {
    return GroupsDevice.logIn(where, this.#person)
  }

  close(): void {
    for (const socket of [this.#socket, ...this.#listeners]) socket.end()
  }

  get #speaker(): { username: string } {
    return { username: this.#person.username }
  }
}

async function bound(
  { url }: Where,
  { username, password }: Person,
  kind?: ClientKind,
): Promise<GroupsClient> {
  const socket = await GroupsClient.connect(url, kind)
  try {
    answer(await socket.ask('find_user', { username, password }), 'user_found')
    return socket
  } catch (error) {
    socket.end()
    throw error
  }
}

/** The payload of the one event that was hoped for. Messages may come in between. */
function answer(happened: readonly Happening[], hoped: string): unknown {
  const [event, payload] = happened.find(([name]) => name !== 'message_sent') ?? ['nothing']
  return event === hoped ? payload : refuse([event, payload])
}

/** A named open group by its name, as its people know it; all else by the gid. */
const nameOf = ({ kind, name, gid }: Place): string => (kind === 'open' ? (name ?? gid) : gid)

const shownOf = ({ _id, group_name, username, text, timestamp }: SentMessage): Shown => ({
  text,
  id: _id,
  sender: username,
  place: group_name,
  at: timestamp,
})
