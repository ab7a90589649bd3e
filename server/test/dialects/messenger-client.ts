import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface Participant {
  readonly id: number
  readonly username: string
}

export interface Message {
  readonly id: number
  readonly created_at: string
  readonly updated_at: string
  readonly contents: string
  readonly author_id: number
}

export interface Chat {
  readonly id: number
  readonly created_at: string
  readonly updated_at: string
  readonly name: string | null
  readonly type: 'private' | 'group'
  readonly last_message: Message | null
  readonly participants: readonly Participant[]
}

export interface ChatPage {
  readonly next: string | null
  readonly count: number
  readonly chats: readonly Chat[]
}

export interface MessagePage {
  readonly count: number
  readonly authors: readonly Participant[]
  readonly messages: readonly Message[]
}

/** Speaks the dialect with fetch, as its clients do. Answers are what the server sent, errors alike. */
export class MessengerClient {
  readonly url: string
  readonly token: string | undefined

  constructor(url: string, token?: string) {
    this.url = url
    this.token = token
  }

  get<Body = unknown>(path: string): Promise<Answer<Body>> {
    return this.call<Body>('GET', path)
  }

  post<Body = unknown>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, body)
  }

  async call<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    return this.send<Body>(method, path, { headers: json, body: JSON.stringify(body) })
  }

  /** Exactly these headers and this body, besides the token. */
  async send<Body>(
    method: string,
    path: string,
    {
      headers = {},
      body,
    }: { headers?: Record<string, string>; body?: string | Buffer<ArrayBuffer> | undefined },
  ): Promise<Answer<Body>> {
    const credential = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }
    const response = await fetch(this.url + path, {
      method,
      headers: { ...credential, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? text : JSON.parse(text) }
  }

  /** The body of a 200; fails the test on anything else. */
  async ok<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body
  }
}

/** Someone with an account, and the client that is logged in as them. */
export interface Person {
  readonly id: number
  readonly username: string
  readonly email: string
  readonly password: string
  readonly client: MessengerClient
}

/** A name that no other run of the tests uses. */
export const unique = (word: string): string => `${word}-${randomBytes(5).toString('hex')}`

export async function signUp(url: string, word: string): Promise<Person> {
  const username = unique(word)
  const who = { username, email: `${username}@example.org`, password: `${word}'s password` }
  const guest = new MessengerClient(url)
  const { access_token } = await guest.ok<{ access_token: string }>('POST', '/register', who)
  const client = new MessengerClient(url, access_token)
  const { id } = await client.ok<{ id: number }>('GET', '/user/me')
  return { ...who, id, client }
}

/** Signs up as many as are named, side by side. */
export const peopleAt =
  (url: string) =>
  async <Names extends readonly string[]>(...names: Names): Promise<{ [K in keyof Names]: Person }> =>
    (await Promise.all(names.map((name) => signUp(url, name)))) as { [K in keyof Names]: Person }

export const openPrivate = (from: Person, to: Person): Promise<Chat> =>
  from.client.ok('POST', '/chat/private/create', { with_user_id: to.id })

export const openGroup = (from: Person, others: readonly Person[], name: string): Promise<Chat> =>
  from.client.ok('POST', '/chat/group/create', { with_ids: others.map(({ id }) => id), name })

export const say = (who: Person, chat: Chat, contents: string): Promise<Message> =>
  who.client.ok('POST', `/chat/${chat.id}/message`, { contents })
