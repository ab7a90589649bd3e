import { Client, type ClientOptions } from '../src/index.ts'
import {
  type FakeAccount,
  FakeClock,
  type FakeConversation,
  FakeServer,
  type FakeServerOptions,
} from '../src/testing/index.ts'

/** Numbers from 0 up to 1 that a seed decides. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface World {
  readonly clock: FakeClock
  readonly server: FakeServer
  readonly conversation: FakeConversation
  readonly alice: FakeAccount
  readonly bob: FakeAccount
  /** Failures that clients reported. */
  readonly errors: unknown[]
  /** A client of an account, opened and live. */
  connect(account: FakeAccount, options?: Partial<ClientOptions>): Promise<Client>
}

/** A fake server with Alice and Bob in one conversation. */
export function newWorld(options: FakeServerOptions & { readonly seed?: number } = {}): World {
  const clock = new FakeClock()
  const server = new FakeServer({ clock, random: seeded(options.seed ?? 1), ...options })
  const [alice, bob] = [server.addAccount('alice'), server.addAccount('bob')]
  const conversation = server.addConversation('talk', [alice, bob])
  const errors: unknown[] = []
  const connect = async ({ token }: FakeAccount, more: Partial<ClientOptions> = {}) => {
    const runtime = server.network.runtime()
    const onError = (error: unknown) => void errors.push(error)
    const client = new Client({ url: 'http://fake', token, runtime, onError, ...more })
    await client.open()
    await clock.advance(100)
    return client
  }
  return { clock, server, conversation, alice, bob, errors, connect }
}

/** The texts that a timeline shows, a hole as its ends, what is on its way in brackets. */
export const shownBy = (client: Client, id: string): readonly string[] =>
  client
    .conversation(id)
    .timeline.get()
    .items.map((item) => {
      if (item.kind === 'hole') return `${item.from}..${item.to}`
      if (item.kind === 'deleted') return 'deleted'
      return item.kind === 'outgoing' ? `(${item.body})` : item.message.body
    })
