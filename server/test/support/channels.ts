import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import PusherModule, { type Channel } from 'pusher-js'
import { until } from './until.ts'

// The class itself is what the package exports in Node; its types speak of bundlers.
const Pusher = PusherModule as unknown as typeof PusherModule.default
export type PusherClient = InstanceType<typeof Pusher>

/** Pusher credentials of the server under test; the environment gives those of another server. */
export const KEYS = {
  PUSHER_APP_ID: process.env.TARGET_PUSHER_APP_ID ?? '4711',
  PUSHER_KEY: process.env.TARGET_PUSHER_KEY ?? 'test-key',
  PUSHER_SECRET: process.env.TARGET_PUSHER_SECRET ?? 'test-secret-test-secret',
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Asking {
  readonly method?: string
  readonly token?: string
  /** Sent as JSON. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** Sent as it is, as JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
}

export async function ask(url: string, path: string, asking: Asking = {}): Promise<Reply> {
  const { token, json, form, raw } = asking
  const body = form
    ? new URLSearchParams(form)
    : (raw ?? (json === undefined ? undefined : JSON.stringify(json)))
  const response = await fetch(url + path, {
    method: asking.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && !form && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...asking.headers,
    },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

export const answered = ({ status, body }: Reply): readonly [number, unknown] => [status, body]

/** The reply is this status with `{"status": "error", "message": …}`. */
export function assertError(reply: Reply, status: number): void {
  const message = fieldOf(reply.body, 'message')
  assert.deepEqual(answered(reply), [status, { status: 'error', message }])
  assert.ok(typeof message === 'string' && message !== '')
}

export function fieldOf(value: unknown, name: string): unknown {
  assert.ok(typeof value === 'object' && value !== null, `an object with ${name}`)
  return Reflect.get(value, name)
}

/** Fields that every message has beside its text. */
export const NEUTRAL = { sentiment: { polarity: 0 } }

export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 13)}`

export interface Person {
  readonly id: number
  readonly username: string
  readonly token: string
}

export const PASSWORD = 'correct horse'

export async function logIn(url: string, username: string): Promise<Person> {
  const reply = await ask(url, '/api/login', { json: { username, password: PASSWORD } })
  const data = fieldOf(reply.body, 'data')
  const [id, token] = [fieldOf(data, 'id'), fieldOf(data, 'token')]
  assert.ok(typeof id === 'number' && typeof token === 'string')
  return { id, username, token }
}

export async function person(url: string, name: string): Promise<Person> {
  const username = unique(name)
  const reply = await ask(url, '/api/register', { json: { username, password: PASSWORD } })
  assert.equal(reply.status, 201)
  return logIn(url, username)
}

/** People shared by many tests, because each takes two password hashes; but no two tests share a pair of them. */
export class Crowd {
  readonly #people: readonly Person[]
  readonly #acquainted = new Set<string>()

  private constructor(people: readonly Person[]) {
    this.#people = people
  }

  static async gather(url: string, size: number): Promise<Crowd> {
    return new Crowd(await Promise.all(Array.from({ length: size }, (_, n) => person(url, `p${n}`))))
  }

  /** Two who have nothing to do with each other yet. */
  pair(): readonly [Person, Person] {
    const [one, other] = this.#acquaint(2)
    assert.ok(one && other)
    return [one, other]
  }

  three(): readonly [Person, Person, Person] {
    const [one, other, third] = this.#acquaint(3)
    assert.ok(one && other && third)
    return [one, other, third]
  }

  #acquaint(count: number): readonly Person[] {
    const people = this.#strangers(count, this.#people, [])
    assert.ok(people, 'the crowd is too small')
    for (const { id } of people) for (const other of people) this.#acquainted.add(`${id}-${other.id}`)
    return people
  }

  #strangers(
    count: number,
    among: readonly Person[],
    chosen: readonly Person[],
  ): readonly Person[] | undefined {
    if (chosen.length === count) return chosen
    for (const [at, next] of among.entries()) {
      if (chosen.some(({ id }) => this.#acquainted.has(`${id}-${next.id}`))) continue
      const found = this.#strangers(count, among.slice(at + 1), [...chosen, next])
      if (found) return found
    }
    return undefined
  }
}

export const requestChat = (url: string, from: Person, to: Person): Promise<Reply> =>
  ask(url, '/api/request_chat', { token: from.token, json: { from_user: from.id, to_user: to.id } })

/** The name of the pair's channel, requested by the first. */
export async function openChat(url: string, from: Person, to: Person): Promise<string> {
  const name = fieldOf((await requestChat(url, from, to)).body, 'channel_name')
  assert.ok(typeof name === 'string')
  return name
}

interface Chat {
  readonly from: Person
  readonly to: Person
  readonly channel: string
}

export const sendMessage = (url: string, { from, to, channel }: Chat, message: string): Promise<Reply> =>
  ask(url, '/api/send_message', {
    token: from.token,
    json: { from_user: from.id, to_user: to.id, message, channel },
  })

/** A real Pusher client of that person. */
export function connectPusher(url: string, { token }: Pick<Person, 'token'>, authUrl = url): PusherClient {
  const { hostname, port } = new URL(url)
  return new Pusher(KEYS.PUSHER_KEY, {
    cluster: 'none',
    wsHost: hostname,
    wsPort: Number(port),
    wssPort: Number(port),
    forceTLS: url.startsWith('https:'),
    enabledTransports: ['ws', 'wss'],
    disableStats: true,
    channelAuthorization: {
      endpoint: `${authUrl}/api/pusher/auth`,
      transport: 'ajax',
      headers: { Authorization: `Bearer ${token}` },
    },
  })
}

/** Resolves when the server has confirmed the subscription, rejects when it refused. */
export async function subscribe(client: PusherClient, name: string): Promise<Channel> {
  const channel = client.subscribe(name)
  await new Promise<void>((resolve, reject) => {
    channel.bind('pusher:subscription_succeeded', () => resolve())
    channel.bind('pusher:subscription_error', reject)
  })
  return channel
}

/** Everything that a channel's subscriber hears under that name, in order. */
export class Heard {
  readonly events: unknown[] = []
  readonly #name: string

  constructor(channel: Pick<Channel, 'bind'>, name: string) {
    this.#name = name
    channel.bind(name, (data: unknown) => this.events.push(data))
  }

  async first(count: number): Promise<readonly unknown[]> {
    await until(`${count} ${this.#name}`, () => this.events.length >= count)
    return this.events.slice(0, count)
  }
}

/** A WebSocket that speaks the protocol by hand. (pusher-js keeps a process for 30 s when the server closes.) */
export class BareSubscriber {
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #messages: unknown[] = []

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/app/${KEYS.PUSHER_KEY}?protocol=7`)
    this.#socket.addEventListener('message', ({ data }) => this.#messages.push(JSON.parse(String(data))))
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code }) => resolve(code))
    })
  }

  /** Resolves with the data of the first event of that name. */
  async hears(event: string): Promise<unknown> {
    const message = await until(event, () => this.#messages.find((each) => fieldOf(each, 'event') === event))
    const data = fieldOf(message, 'data')
    return typeof data === 'string' ? JSON.parse(data) : data
  }

  /** Has the subscription signed by one server for that person; the connection may be another's. */
  async subscribe(authUrl: string, { token }: Person, channel: string): Promise<void> {
    const socketId = fieldOf(await this.hears('pusher:connection_established'), 'socket_id')
    const form = { socket_id: String(socketId), channel_name: channel }
    const { body } = await ask(authUrl, '/api/pusher/auth', { token, form })
    const data = { channel, auth: fieldOf(body, 'auth') }
    this.say('pusher:subscribe', data)
    await this.hears('pusher_internal:subscription_succeeded')
  }

  say(event: string, data: unknown): void {
    this.#socket.send(JSON.stringify({ event, data }))
  }

  close(): void {
    this.#socket.close()
  }
}
