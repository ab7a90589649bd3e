import type { Ear } from './load/ear.ts'

/** The server's guarantee when it acknowledges a message. */
export type Durability = 'synced' | 'stored, not synced' | 'nothing stored'

/** The people and conversations that exist before the load begins. Member m of conversation c is a person of its own. */
export interface World {
  readonly conversations: number
  readonly membersEach: number
  /** Only so many of each conversation's members speak, the first ones; all where it is not given. */
  readonly speakers?: number
  /** Messages that lie in the first conversation already. */
  readonly history?: number
  /** Conversations of others that are stored besides, in which nobody speaks. */
  readonly strangersConversations?: number
}

/** A person's place: each person is a member of one conversation. */
export interface Place {
  readonly conversation: number
  readonly member: number
}

/** The measured thing: a chat server, or a part of one that is measured alone. */
export interface Subject {
  /** As the report calls it. */
  readonly name: string
  readonly durability: Durability
  /** Undefined when it can run here; else what is missing, such as 'prosody is not installed'. */
  missing(): string | undefined
}

/** A chat server, and how its clients talk to it. */
export interface Target extends Subject {
  /** Starts it anew, in a state of its own, on the server's core. */
  start(world: World): Promise<Running>
  /** Median milliseconds from its command to the first log-in, where `start` does more than give the command. */
  coldStart?(world: World, starts: number): Promise<number>
}

/** Processes by the name of what they run, such as PostgreSQL. */
export type Engines = Readonly<Record<string, readonly number[]>>

/** A target that runs. */
export interface Running {
  /** All its processes: their processor time and memory are counted. */
  readonly pids: readonly number[]
  /** Processes that are not the chat server's own. Where given, their processor time is also told apart. */
  readonly engines?: Engines
  /** Resolves once the client hears everything sent in its conversation. */
  connect(place: Place, ear: Ear): Promise<Client>
  /** Messages that its storage holds now; undefined where nothing is stored. */
  countStored(): Promise<number | undefined>
  /** Where a history can be read. */
  openReader?(place: Place): Promise<PageReader>
  /** Frees what is not used, where it can be told to. */
  collectGarbage?(): Promise<void>
  /** Ends its processes and removes what they stored. */
  stop(): Promise<void>
}

/** One connected person. */
export interface Client {
  /** Its messages are answered: then it calls `ear.acknowledged()`. Else their return is the acknowledgement. */
  readonly isAnswered?: true
  /** The client only sends. */
  readonly isDeaf?: true
  /** The body is plain ASCII without quotes or backslashes. */
  send(body: string): void
  close(): void
}

/** Somebody who reads a conversation's history, a page of a hundred at a time. */
export interface PageReader {
  /**
   * The newest messages, or those before a place in the history. Resolves when they are there; which they
   * are, by the counts in their bodies, is only read when asked for.
   */
  page(before: number | undefined): Promise<() => readonly number[]>
  close(): void
}
