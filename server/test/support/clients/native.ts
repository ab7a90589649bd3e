import { randomUUID } from 'node:crypto'
import type * as Wire from '@parlance/protocol'
import { documentedFetch } from '../documented.ts'
import { NativeSocket } from '../native-socket.ts'
import {
  type Called,
  type Client,
  type Opening,
  type Person,
  type Place,
  refuse,
  type Shown,
  type Stream,
  type Where,
} from './client.ts'

const PAGE = 200

/** An answer, of which `instance` is left out: it is another one for every request. */
interface Answer {
  readonly status: number
  readonly body: unknown
}

/** fetch with a bearer token, and `ws`. */
export class NativeDevice implements Client {
  readonly dialect = 'native'
  readonly token: string
  readonly #url: string
  readonly #sockets: NativeSocket[] = []

  private constructor(url: string, token: string) {
    this.#url = url
    this.token = token
  }

  static register({ url }: Where, { username, password }: Person): Promise<unknown> {
    return ask(url, 'POST /v1/accounts', { json: { username, password } })
  }

  static async logIn({ url }: Where, { username, password }: Person): Promise<NativeDevice> {
    const json = { login: username, password, device: 'a test' }
    const answer = await ask(url, 'POST /v1/sessions', { json })
    if (answer.status !== 201) return refuse(answer)
    return new NativeDevice(url, (answer.body as Wire.SignedIn).session.token ?? '')
  }

  async open({ kind, others, name }: Opening): Promise<Called> {
    const ids = others.map(({ accountId }) => `a_${accountId}`)
    const wanted = {
      private: { kind, with: ids[0] },
      group: { kind, members: ids, ...(name !== undefined && { name }) },
      open: { kind, name },
    }[kind]
    const { id } = await this.ok<Wire.Listing>('POST /v1/conversations', wanted)
    return { by: 'id', id: Number(id.slice(2)) }
  }

  async send(place: Place, body: string): Promise<void> {
    await this.ok(`POST ${pathOf(place)}/messages`, { clientId: randomUUID(), body })
  }

  async listen(place: Place): Promise<readonly Stream[]> {
    const socket = await NativeSocket.live(this.#url, this.token)
    this.#sockets.push(socket)
    return [
      {
        transport: 'WebSocket',
        get shown() {
          const events = socket.eventsOf(nameOf(place)).filter(({ type }) => type === 'message.sent')
          return shownOf(events.map(({ data }) => data.message))
        },
      },
    ]
  }

  async history(place: Place): Promise<readonly Shown[]> {
    const all: Wire.Message[] = []
    for (;;) {
      const page = await this.#page(place, all.at(-1)?.seq ?? 0)
      all.push(...page.items)
      if (!page.hasAfter) return shownOf(all)
    }
  }

  /** In its list and above the conversation itself; a private one goes by the other's name. */
  async title(place: Place): Promise<unknown> {
    const { items } = await this.ok<{ items: readonly Wire.Listing[] }>('GET /v1/conversations?limit=200')
    const listed = items.find(({ id }) => id === nameOf(place))
    return { listed: listed && titleOf(listed), title: titleOf(await this.ok(`GET ${pathOf(place)}`)) }
  }

  ask(request: string, json?: object): Promise<Answer> {
    return ask(this.#url, request, { token: this.token, ...(json && { json }) })
  }

  /** The body of an answer that is no refusal; rejects with what the server said otherwise. */
  async ok<Body>(request: string, json?: object): Promise<Body> {
    const answer = await this.ask(request, json)
    return answer.status < 300 ? (answer.body as Body) : refuse(answer)
  }

  async again(where?: Where): Promise<NativeDevice> {
    return new NativeDevice(where?.url ?? this.#url, this.token)
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()))
  }

  #page(place: Place, after: number): Promise<Wire.MessagePage> {
    return this.ok(`GET ${pathOf(place)}/messages?after=${after}&limit=${PAGE}`)
  }
}

interface Asking {
  readonly token?: string
  readonly json?: object
}

async function ask(url: string, request: string, { token, json }: Asking): Promise<Answer> {
  const [method = '', path] = request.split(' ')
  const response = await documentedFetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json && { 'content-type': 'application/json' }),
    },
    ...(json && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  const { instance: _, ...body } = text === '' ? {} : JSON.parse(text)
  return { status: response.status, body }
}

const nameOf = ({ conversationId }: Place): string => `c_${conversationId}`
const pathOf = (place: Place): string => `/v1/conversations/${nameOf(place)}`

const titleOf = ({ name, other, gid }: Wire.Listing): string => other?.username ?? name ?? gid

/** A deleted message has a tombstone, which no client shows as something said. */
const shownOf = (messages: readonly Wire.Message[]): Shown[] =>
  messages
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ id, conversation, sender, body, sentAt }) => ({
      text: body,
      id,
      sender,
      place: conversation,
      at: sentAt,
    }))
