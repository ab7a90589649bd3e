/** An act that is to be done in a conversation. */
export type Draft =
  | {
      readonly kind: 'send'
      readonly body: string
      readonly format?: 'markdown' | 'plain'
      readonly replyTo?: number
      readonly thread?: number
      /** Complete uploads of one's own, by their ids: at most 10. */
      readonly attachments?: string[]
    }
  /** With `ifVersion`, refused if the text was changed after that version. */
  | { readonly kind: 'edit'; readonly seq: number; readonly body: string; readonly ifVersion?: number }
  | { readonly kind: 'delete'; readonly seq: number }
  | { readonly kind: 'react'; readonly seq: number; readonly key: string; readonly added: boolean }

export interface Failure {
  readonly code: string
  readonly detail: string
  /** Whether the same may succeed when it is tried again. */
  readonly retryable: boolean
}

export type EntryState = 'queued' | 'sending' | 'sent' | 'failed'

/** A draft on its way. */
export interface Entry {
  /** For ever the same, so that a send that is repeated is stored once. */
  readonly clientId: string
  readonly conversation: string
  /** Its place in the order of all. */
  readonly order: number
  readonly draft: Draft
  readonly state: EntryState
  readonly failure?: Failure
  /** The message and the change that a sent one has become. */
  readonly seq?: number
  readonly version?: number
}

/** Entries of one lane go one after the other: sends of a conversation, and the changes of one message. */
export const laneOf = ({ conversation, draft }: Entry): string =>
  draft.kind === 'send' ? conversation : `${conversation} ${draft.seq}`

/** The server's word of an entry that it has taken: its message, and the change that it was. */
export interface Done {
  readonly seq?: number
  readonly version?: number
}
