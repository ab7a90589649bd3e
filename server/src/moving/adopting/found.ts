import type { StagedConversation, StagedMessage } from '../../store/moving.ts'
import type { KeptPassword } from './passwords.ts'

// Things that a source has, before the rules of what Parlance can keep. `place` tells where it is in the source, for a note.

/** A value as a source has it: a number in microseconds, or a text. */
export type Time = number | string | null | undefined

export interface FoundAccount {
  readonly place: string
  readonly key: string
  readonly id?: number | null
  readonly uuid?: string | null
  readonly username: string
  readonly displayName?: string | null
  readonly email?: string | null
  readonly emailConfirmed?: boolean
  readonly bio?: string | null
  /** Absent for a guest, and where the source has none. */
  readonly password?: KeptPassword
  readonly isGuest?: boolean
  readonly isDisabled?: boolean
  readonly createdAt?: Time
  readonly lastSeenAt?: Time
}

export interface FoundConversation extends Pick<StagedConversation, 'key' | 'kind'> {
  readonly place: string
  readonly id?: number | null
  readonly gid?: string | null
  readonly name?: string | null
  readonly creatorKey?: string | null
  readonly topic?: string | null
  readonly isListed?: boolean
  readonly createdAt?: Time
}

export interface FoundMember {
  readonly place: string
  readonly conversationKey: string
  readonly accountKey: string
  readonly joinedAt?: Time
  /** Undefined: all is read. */
  readonly readAt?: Time
}

export interface FoundMessage extends Omit<StagedMessage, 'id' | 'at' | 'order' | 'editedAt'> {
  readonly place: string
  readonly id?: number | null
  readonly order?: string
  /** Undefined where the source has no times at all. */
  readonly at?: Time
  readonly editedAt?: Time
}
