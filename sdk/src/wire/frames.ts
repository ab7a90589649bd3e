import type { AccountNews, Events, Listing, OwnAccount, OwnReactions, Problem } from '../protocol.ts'

/** An event of a conversation whose type this version knows. */
export type KnownEvent = {
  [Type in keyof Events]: {
    readonly conversation: string
    readonly change: number
    readonly type: Type
    readonly data: Events[Type]
  }
}[keyof Events]

/** One that a later server sends. */
export interface UnknownEvent {
  readonly conversation: string
  readonly change: number
  readonly type: string
  readonly data: unknown
}

export type KnownNews = {
  [Type in keyof AccountNews]: {
    readonly cursor: number
    readonly type: Type
    readonly data: AccountNews[Type]
  }
}[keyof AccountNews]

export interface ReadyFrame {
  readonly op: 'ready'
  readonly epoch: string
  readonly session: string
  readonly account: OwnAccount
  readonly cursor: number
  readonly listings: readonly Listing[]
  readonly own: Readonly<Record<string, OwnReactions>>
  readonly next: string | null
  readonly heartbeat: number
}

export type GapFrame =
  | {
      readonly op: 'gap'
      readonly conversation: string
      readonly head: number
      readonly lastChange: number
    }
  | { readonly op: 'gap'; readonly account: true; readonly cursor: number }
  | { readonly op: 'gap'; readonly epoch: string; readonly cursor: number }

type LoggedChange<Event = KnownEvent> = Event extends KnownEvent ? Omit<Event, 'conversation'> : never

export interface ChangesFrame {
  readonly op: 'changes'
  readonly conversation: string
  readonly items: readonly LoggedChange[]
  readonly upTo: number
  readonly done: boolean
}

interface StateFrame {
  readonly op: 'state'
  readonly cursor: number
  readonly items: readonly KnownNews[]
  readonly own: Readonly<Record<string, OwnReactions>>
  readonly done: boolean
}

/** News of others as it happens, stored nowhere. */
export type Signal =
  | {
      readonly op: 'typing'
      readonly conversation: string
      readonly account: string
      readonly isTyping: boolean
    }
  | { readonly op: 'presence'; readonly account: string; readonly online: boolean }
  | {
      readonly op: 'receipt'
      readonly conversation: string
      readonly account: string
      readonly readSeq: number
    }

/** A frame of the server but for answers. */
export type ServerFrame =
  | ReadyFrame
  | ChangesFrame
  | GapFrame
  | { readonly op: 'gone'; readonly conversation: string }
  | StateFrame
  | { readonly op: 'resumed' }
  | { readonly op: 'live' }
  | ({ readonly op: 'event' } & KnownEvent)
  | ({ readonly op: 'account' } & KnownNews)
  | Signal
  | { readonly op: 'goodbye'; readonly reconnectIn: number }

export interface AnswerFrame {
  readonly re: number
  readonly ok?: unknown
  readonly error?: Problem
  readonly retryAfter?: number
}

/** The frame in a text; undefined where it is none that this version can read. */
export function parseFrame(text: string): ServerFrame | AnswerFrame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    // The server's word for the rest. Readers pass over what they do not know.
    return 'op' in value || 're' in value ? (value as ServerFrame | AnswerFrame) : undefined
  } catch {
    return undefined
  }
}
