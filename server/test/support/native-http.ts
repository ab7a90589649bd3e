import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  type AnswerOf,
  type BodyOf,
  type Listing,
  type Message,
  OPERATIONS,
  type Operation,
  type OperationId,
  type Operations,
  type ParamsOf,
  type Problem,
  type QueryOf,
  type SignedIn,
} from '@parlance/protocol'
import { documentedFetch } from './documented.ts'

/** Each part of a request that the operation has. */
type Input<One extends Operation> = Parts<'params', ParamsOf<One>> &
  Parts<'query', QueryOf<One>> &
  Parts<'body', BodyOf<One>> & { readonly headers?: Readonly<Record<string, string>> }

type Parts<Name extends string, Value> = Value extends undefined
  ? { readonly [N in Name]?: undefined }
  : Record<never, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value }

type Given<Id extends OperationId> =
  Record<never, never> extends Input<Operations[Id]>
    ? [input?: Input<Operations[Id]>]
    : [input: Input<Operations[Id]>]

interface AnyInput {
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type BodyIn<Answer> = Answer extends { readonly body: infer Body } ? Body : undefined
type Body<Id extends OperationId> = BodyIn<AnswerOf<Operations[Id]>>

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Asks with fetch, as programs do. Each answer must be one that the document has. */
export class NativeHttp {
  readonly url: string
  readonly token: string | undefined
  /** Its own id, where it is signed in. */
  readonly id: string

  constructor(url: string, { token, id = '' }: { token?: string | undefined; id?: string } = {}) {
    this.url = url
    this.token = token
    this.id = id
  }

  static async register(
    url: string,
    username: string,
    facts: { displayName?: string; email?: string } = {},
  ): Promise<NativeHttp> {
    const body = { username, password: 'correct horse battery', ...facts }
    const { account, session }: SignedIn = await new NativeHttp(url).ok('createAccount', { body })
    return new NativeHttp(url, { token: session.token, id: account.id })
  }

  /** Accounts of these names, with something behind them that makes them new. */
  static people<const Names extends readonly string[]>(
    url: string,
    ...names: Names
  ): Promise<{ [K in keyof Names]: NativeHttp }> {
    const made = names.map((name) => NativeHttp.register(url, unique(name)))
    return Promise.all(made) as Promise<{ [K in keyof Names]: NativeHttp }>
  }

  /** The body of a success. */
  async ok<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<Body<Id>> {
    return (await this.done(id, ...given)).body as Body<Id>
  }

  /** The whole answer, which is a success. */
  async done<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<Answer> {
    const answer = await this.#ask(id, given[0] ?? {})
    assert.ok(answer.status < 300, `${id}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }

  /** The answer, whatever it is. */
  attempt<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<Answer> {
    return this.#ask(id, given[0] ?? {})
  }

  /** The problem of a refusal: `404 not_found`. */
  async refusal<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<string> {
    const { status, code } = await this.problem(id, ...given)
    return `${status} ${code}`
  }

  async problem<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<Problem> {
    const { status, body } = await this.#ask(id, given[0] ?? {})
    assert.ok(status >= 400, `${id}: ${status} ${JSON.stringify(body)}`)
    return body as Problem
  }

  /** Bytes as they are, whatever the table says. */
  async raw(method: string, path: string, body?: string): Promise<Answer> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await documentedFetch(this.url + path, {
      ...{ method, headers: { ...this.#credential(), ...json } },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    const { status, headers } = response
    return { status, headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** Opens one with these members. */
  group(...members: readonly NativeHttp[]): Promise<Listing> {
    const body = { kind: 'group', members: members.map(({ id }) => id) } as const
    return this.ok('createConversation', { body })
  }

  private(other: NativeHttp): Promise<Listing> {
    return this.ok('createConversation', { body: { kind: 'private', with: other.id } })
  }

  open(name = unique('plaza'), facts: { listed?: boolean; topic?: string } = {}): Promise<Listing> {
    return this.ok('createConversation', { body: { kind: 'open', name, ...facts } })
  }

  send({ id: c }: { readonly id: string }, text: string, facts: object = {}): Promise<Message> {
    return this.ok('sendMessage', {
      params: { c },
      body: { clientId: randomUUID(), body: text, ...facts },
    })
  }

  async #ask(id: OperationId, { params, query, body, headers }: AnyInput): Promise<Answer> {
    const operation: Operation = OPERATIONS[id]
    const values = new Map<string, unknown>(Object.entries(params ?? {}))
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(String(values.get(name))),
    )
    const search = new URLSearchParams(
      Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]),
    )
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await documentedFetch(`${this.url}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: operation.method,
      headers: { ...this.#credential(), ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isOfLines = operation.isStream && response.status < 300
    const told = isOfLines ? text.trimEnd().split('\n').map(parsed) : parsed(text)
    return { status: response.status, headers: response.headers, body: told }
  }

  #credential(): Readonly<Record<string, string>> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }
  }
}

const parsed = (text: string): unknown => (text === '' ? undefined : JSON.parse(text))

let count = 0

/** A name that is nobody's yet in this process. */
export const unique = (name: string): string => `${name}-${(++count).toString(36)}`
