import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Chat, type MessagePage, MessengerClient } from '../../dialects/messenger-client.ts'
import {
  type Called,
  type Client,
  cannotOpen,
  type Opening,
  type Person,
  type Place,
  Refused,
  refuse,
  type Shown,
  type Stream,
  type Where,
} from './client.ts'

const PAGE = 100
const POLL_MS = 250

/** fetch. It has no live connection: it listens by asking again and again for later messages. */
export class MessengerDevice implements Client {
  readonly dialect = 'messenger'
  readonly api: MessengerClient
  readonly #polls: Promise<void>[] = []
  #isClosed = false

  private constructor(api: MessengerClient) {
    this.api = api
  }

  static async register({ url }: Where, { username, password }: Person): Promise<unknown> {
    const body = { username, password, email: `${randomUUID()}@example.org` }
    const answer = await new MessengerClient(url).post('/register', body)
    return { status: answer.status, body: answer.body }
  }

  static async logIn({ url }: Where, { username, password }: Person): Promise<MessengerDevice> {
    const answer = await new MessengerClient(url).post('/login', { usernameOrEmail: username, password })
    if (answer.status !== 200) return refuse({ status: answer.status, body: answer.body })
    return new MessengerDevice(
      new MessengerClient(url, (answer.body as { access_token: string }).access_token),
    )
  }

  async open(opening: Opening): Promise<Called> {
    const { kind, others, name } = opening
    const ids = others.map(({ accountId }) => accountId)
    if (kind === 'private') return this.#create('/chat/private/create', { with_user_id: ids[0] })
    if (kind === 'group') return this.#create('/chat/group/create', { with_ids: ids, name })
    return cannotOpen(this.dialect, opening)
  }

  async send({ conversationId }: Place, contents: string): Promise<void> {
    await this.#ok('POST', `/chat/${conversationId}/message`, { contents })
  }

  async listen(place: Place): Promise<readonly Stream[]> {
    const { last_message: newest } = await this.#ok<Chat>('GET', `/chat/${place.conversationId}`)
    const shown: Shown[] = []
    this.#polls.push(this.#poll(place, newest?.id ?? 0, shown))
    return [{ transport: 'polling', shown }]
  }

  async history(place: Place): Promise<readonly Shown[]> {
    const all: Shown[] = []
    let cursor = 0
    for (;;) {
      const page = await this.#page(place, `cursor=${cursor}&limit=${PAGE}`)
      all.push(...shownOf(page))
      if (page.count < PAGE) return all
      cursor = page.messages.at(-1)?.id ?? cursor
    }
  }

  /** In its list and above the chat itself. */
  async title({ conversationId }: Place): Promise<unknown> {
    const { chats } = await this.#ok<{ chats: readonly Chat[] }>('GET', '/user/chats?limit=50')
    const listed = chats.find(({ id }) => id === conversationId)
    const { name, type } = await this.#ok<Chat>('GET', `/chat/${conversationId}`)
    return { listed: listed && { name: listed.name, type: listed.type }, name, type }
  }

  async again(where?: Where): Promise<MessengerDevice> {
    return new MessengerDevice(where ? new MessengerClient(where.url, this.api.token) : this.api)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#polls)
  }

  async #poll(place: Place, from: number, into: Shown[]): Promise<void> {
    let cursor = from
    while (!this.#isClosed) {
      const page = await this.#page(place, `cursor=${cursor}&limit=${PAGE}`).catch(unlessDefinite)
      into.push(...(page ? shownOf(page) : []))
      cursor = page?.messages.at(-1)?.id ?? cursor
      if (page?.count !== PAGE) await setTimeout(POLL_MS)
    }
  }

  async #create(path: string, body: object): Promise<Called> {
    return { by: 'id', id: (await this.#ok<Chat>('POST', path, body)).id }
  }

  #page({ conversationId }: Place, query: string): Promise<MessagePage> {
    return this.#ok('GET', `/chat/${conversationId}/messages?${query}`)
  }

  async #ok<Body>(method: string, path: string, json?: object): Promise<Body> {
    const { status, body } = await this.api.call<Body>(method, path, json)
    return status === 200 ? body : refuse({ status, body })
  }
}

/** Rethrows definite refusals; a poller asks a server that is down or failing once more. */
function unlessDefinite(error: unknown): undefined {
  if (error instanceof Refused && (error.answer as { status: number }).status < 500) throw error
}

function shownOf({ authors, messages }: MessagePage): Shown[] {
  const names = new Map(authors.map(({ id, username }) => [id, username]))
  return messages.map(({ id, contents, author_id, created_at }) => ({
    text: contents,
    id,
    sender: { id: author_id, username: names.get(author_id) },
    at: created_at,
  }))
}
