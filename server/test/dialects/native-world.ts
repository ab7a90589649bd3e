import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { Listing, SignedIn } from '@parlance/protocol'
import { uniqueName } from '../support/chatapp.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance, type TestServer } from '../support/server.ts'

const PASSWORD = 'correct horse battery'

/** Somebody with an account and a session. */
export interface NativePerson {
  readonly id: string
  readonly username: string
  readonly token: string
}

/** A server with people who use its REST API and its socket. */
export class NativeWorld {
  readonly server: TestServer
  readonly #sockets: NativeSocket[] = []

  constructor(server: TestServer) {
    this.server = server
  }

  async join(hint: string): Promise<NativePerson> {
    const username = uniqueName(hint)
    const { account, session } = await this.ask<SignedIn>(undefined, 'POST /v1/accounts', {
      username,
      password: PASSWORD,
    })
    return { id: account.id, username, token: session.token ?? '' }
  }

  /** The same account with another session. */
  async again(who: NativePerson): Promise<NativePerson> {
    const logIn = { login: who.username, password: PASSWORD }
    const { session } = await this.ask<SignedIn>(undefined, 'POST /v1/sessions', logIn)
    return { ...who, token: session.token ?? '' }
  }

  /** The answer's body; fails unless the request is granted. */
  async ask<T = unknown>(by: NativePerson | undefined, request: string, json?: object): Promise<T> {
    const [method = '', path = ''] = request.split(' ')
    const response = await fetch(new URL(path, this.server.url), {
      method,
      headers: {
        ...(by && { authorization: `Bearer ${by.token}` }),
        ...(json && { 'content-type': 'application/json' }),
      },
      ...(json && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${request}: ${text}`)
    return text === '' ? (undefined as T) : JSON.parse(text)
  }

  /** The id of a new group of these people, who are the first's to choose. */
  async group(creator: NativePerson, ...others: readonly NativePerson[]): Promise<string> {
    const members = others.map(({ id }) => id)
    return (await this.ask<Listing>(creator, 'POST /v1/conversations', { kind: 'group', members })).id
  }

  /** A connection that hears everything. */
  async connect(
    { token }: NativePerson,
    resume?: Parameters<typeof NativeSocket.live>[2],
  ): Promise<NativeSocket> {
    const socket = await NativeSocket.live(this.server.url, token, resume)
    this.#sockets.push(socket)
    return socket
  }

  /** A connection that has said nothing yet. */
  open(headers?: Readonly<Record<string, string>>): NativeSocket {
    const socket = new NativeSocket(this.server.url, headers)
    this.#sockets.push(socket)
    return socket
  }

  async close(): Promise<void> {
    for (const { ws } of this.#sockets) ws.terminate()
    await this.server.close()
  }
}

/** A server until the tests of the file are over. */
export async function openNativeWorld(settings: Readonly<Record<string, string>> = {}): Promise<NativeWorld> {
  const world = new NativeWorld(await startParlance(settings))
  after(() => world.close())
  return world
}
