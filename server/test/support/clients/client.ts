import type { Conversation, ConversationKind } from '../../../src/core/chat.ts'
import type { DialectName } from '../../../src/dialects/index.ts'
import type { TestServer } from '../server.ts'

/** Somebody with an account, and the one password that opens it everywhere. */
export interface Person {
  readonly username: string
  readonly password: string
}

export type Where = Pick<TestServer, 'url' | 'tcpPort'>

/** A conversation under every name that a client may call it by. */
export interface Place extends Conversation {
  /** Ids, in the order they joined. */
  readonly memberIds: readonly number[]
}

/** A client's reference to a conversation that it has just opened. */
export type Called =
  | { readonly by: 'gid or name'; readonly name: string }
  | { readonly by: 'id'; readonly id: number }
  | { readonly by: 'pair'; readonly pair: readonly [number, number] }

/** A request to open one: the others' names and ids, and the conversation's name where it may have one. */
export interface Opening {
  readonly kind: ConversationKind
  readonly others: readonly { readonly username: string; readonly accountId: number }[]
  readonly name?: string
}

/** A message as its reader's wire has it: `text` apart, each value in the dialect's own form. */
export interface Shown {
  readonly text: string
  readonly id: unknown
  readonly sender: unknown
  /** Where it was said, in the wires that repeat it. */
  readonly place?: unknown
  readonly at?: unknown
}

/** The messages of a conversation that one connection has received, in order of arrival. */
export interface Stream {
  readonly transport: string
  readonly shown: readonly Shown[]
}

/** One kind of client, logged in as somebody, speaking its own protocol and nothing else. */
export interface Client {
  readonly dialect: DialectName
  open(opening: Opening): Promise<Called>
  /** Resolves when the server has taken it; rejects with what the server said instead. */
  send(place: Place, text: string): Promise<void>
  /** A stream for each transport that the dialect has. */
  listen(place: Place): Promise<readonly Stream[]>
  /** All of it that the protocol can page through, oldest first. */
  history(place: Place): Promise<readonly Shown[]>
  /** The conversation as this client's lists and headings name it. */
  title(place: Place): Promise<unknown>
  /** The same client started anew, with the credential that it kept; at another node if one is given. */
  again(where?: Where): Promise<Client>
  close(): Promise<void> | void
}

/** The server's own words, when they are not what a client hopes for. */
export class Refused extends Error {
  readonly answer: unknown

  constructor(answer: unknown) {
    super(JSON.stringify(answer))
    this.answer = answer
  }
}

export const refuse = (answer: unknown): never => {
  throw new Refused(answer)
}

export const cannotOpen = (dialect: DialectName, { kind }: Opening): never => {
  throw new Error(`${dialect} opens no ${kind} conversation`)
}
