import assert from 'node:assert/strict'
import { OPERATIONS, type Operation, type OperationId, type Problem } from '@parlance/protocol'
import { openApi } from '../../src/dialects/native/documents/openapi.ts'
import { accountIdIn, conversationIdIn } from '../../src/dialects/native/names.ts'
import { documentedFetch } from '../support/documented.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import type { TestServer } from '../support/server.ts'

export interface Named {
  readonly id: OperationId
  readonly operation: Operation
}

export const ALL: readonly Named[] = Object.entries<Operation>(OPERATIONS).map(([id, operation]) => ({
  // The keys of the table are its operations.
  id: id as OperationId,
  operation,
}))

const DOCUMENT = openApi()

/** A body that fits, as the document gives it for an example; undefined where none is taken. */
export const bodyOf = ({ path, method }: Operation): object | undefined =>
  DOCUMENT.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json']?.example as
    | object
    | undefined

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly problem: Problem
}

/** Somebody in a group of their own with two messages, and how both are now. */
export class Victim {
  readonly http: NativeHttp
  readonly c: string
  readonly #server: TestServer

  private constructor(server: TestServer, http: NativeHttp, c: string) {
    this.#server = server
    this.http = http
    this.c = c
  }

  static async in(server: TestServer): Promise<Victim> {
    const http = await NativeHttp.register(server.url, unique('victim'))
    const group = await http.group()
    await http.send(group, 'first')
    await http.send(group, 'second')
    return new Victim(server, http, group.id)
  }

  /** The operation's path with the victim's own things in it, but for values that are given. */
  pathOf({ path }: Operation, given: Readonly<Record<string, string>> = {}): string {
    const own: Readonly<Record<string, string>> = {
      ...{ c: this.c, id: this.c, seq: '1', a: this.http.id, s: 's_aaaaaaaaaaaaaaaa' },
      ...{ i: 'i_1', key: '%F0%9F%91%8D', code: 'none-such' },
      ...given,
    }
    return path.replace(/\{(\w+)\}/g, (_, name: string) => own[name] ?? '')
  }

  /** Asks as the victim; the answer is one that the document has. */
  async ask(method: string, path: string, { headers = {}, body }: Asking = {}): Promise<Answer> {
    const response = await documentedFetch(this.#server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.http.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      problem: text === '' ? {} : JSON.parse(text),
    }
  }

  /** All that a request of the victim's could change, as the core has it; coming and going is no request. */
  async state(): Promise<unknown> {
    const { chat } = this.#server
    const accountId = accountIdIn(this.http.id)
    const [account, settings, conversations] = await Promise.all([
      chat.accounts.find(accountId),
      chat.profiles.settings(accountId),
      chat.conversations.idsOf(accountId),
    ])
    const listings = await chat.memberships.find(accountId, [conversationIdIn(this.c)])
    return { account: { ...account, lastSeenAt: 0 }, settings, conversations, listings }
  }
}

/** Runs the request, and asserts that a refusal of it is a client's own fault and has changed nothing. */
export async function assertHarmless(victim: Victim, ask: () => Promise<Answer>): Promise<Answer> {
  const before = await victim.state()
  const answer = await ask()
  assert.ok(answer.status < 500, JSON.stringify(answer.problem))
  if (answer.status >= 400) assert.deepEqual(await victim.state(), before)
  return answer
}

/** As RFC 6901 writes a field of a body in a fragment. */
export const pointerTo = (name: string): string =>
  `#/${encodeURIComponent(name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))}`
