import {
  type Asking,
  answered,
  ask,
  connectPusher,
  fieldOf,
  type PusherClient,
  type Reply,
  subscribe,
} from '../channels.ts'
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

interface WireMessage {
  readonly id: number
  readonly message: string
  readonly from_user: number
  readonly to_user: number
  /** The channel's name, in live messages. */
  readonly channel?: string
  /** In a history. */
  readonly channel_id?: number
}

/** fetch under `/api`, and pusher-js, which asks `/api/pusher/auth` before it subscribes. */
export class ChannelsDevice implements Client {
  readonly dialect = 'channels'
  readonly id: number
  readonly token: string
  readonly #url: string
  readonly #pushers: PusherClient[] = []

  private constructor(url: string, { id, token }: { id: number; token: string }) {
    this.#url = url
    this.id = id
    this.token = token
  }

  static async register({ url }: Where, { username, password }: Person): Promise<unknown> {
    const { status, body } = await ask(url, '/api/register', { json: { username, password } })
    return { status, body }
  }

  static async logIn({ url }: Where, { username, password }: Person): Promise<ChannelsDevice> {
    const { status, body } = await ask(url, '/api/login', { json: { username, password } })
    if (status !== 200) return refuse({ status, body })
    return new ChannelsDevice(url, fieldOf(body, 'data') as { id: number; token: string })
  }

  async open(opening: Opening): Promise<Called> {
    const [other] = opening.others
    if (opening.kind !== 'private' || !other) return cannotOpen(this.dialect, opening)
    const name = await this.#requestChat(other.accountId)
    const [first = 0, second = 0] = name.match(/\d+/g)?.map(Number) ?? []
    return { by: 'pair', pair: [first, second] }
  }

  async send(place: Place, message: string): Promise<void> {
    const json = { from_user: this.id, to_user: this.#otherOf(place), message, channel: nameOf(place) }
    await this.#ok('/api/send_message', { json })
  }

  /** In both kinds of channel that a conversation is heard in. */
  async listen(place: Place): Promise<readonly Stream[]> {
    const streams: Stream[] = []
    for (const kind of ['private', 'presence']) {
      const pusher = connectPusher(this.#url, this)
      this.#pushers.push(pusher)
      const channel = await subscribe(pusher, String(nameOf(place)).replace('private', kind)).catch(refuse)
      const heard: WireMessage[] = []
      channel.bind('new_message', (data: WireMessage) => heard.push(data))
      streams.push({
        transport: `pusher-js, ${kind}`,
        get shown() {
          return heard.map(shownOf)
        },
      })
    }
    return streams
  }

  async history(place: Place): Promise<readonly Shown[]> {
    return ((await this.#ok(`/api/get_message/${nameOf(place)}`)) as readonly WireMessage[]).map(shownOf)
  }

  /** Asking for a chat that is there answers with its channel. */
  title(place: Place): Promise<string> {
    return this.#requestChat(this.#otherOf(place))
  }

  ask(path: string, asking: Asking = {}): Promise<Reply> {
    return ask(this.#url, path, { token: this.token, ...asking })
  }

  async again(where?: Where): Promise<ChannelsDevice> {
    return new ChannelsDevice(where?.url ?? this.#url, this)
  }

  close(): void {
    for (const pusher of this.#pushers) pusher.disconnect()
  }

  async #requestChat(to_user: number): Promise<string> {
    const chat = await this.#ok('/api/request_chat', { json: { from_user: this.id, to_user } })
    return String(fieldOf(chat, 'channel_name'))
  }

  async #ok(path: string, asking?: Asking): Promise<unknown> {
    const reply = await this.ask(path, asking)
    return reply.status === 200 ? reply.body : refuse(answered(reply))
  }

  #otherOf({ memberIds }: Place): number {
    return memberIds.find((id) => id !== this.id) ?? 0
  }
}

/** The first requester stands first. Only private conversations have a name here: others are tried by id. */
function nameOf({ kind, creatorId, memberIds, conversationId }: Place): string | number {
  const other = memberIds.find((id) => id !== creatorId)
  return kind === 'private' ? `private-chat_${creatorId}_${other}` : conversationId
}

const shownOf = ({ id, message, from_user, to_user, channel, channel_id }: WireMessage): Shown => ({
  text: message,
  id,
  sender: { from_user, to_user },
  place: channel ?? channel_id,
})
