import type { LongAnswers } from '../../answers/index.ts'
import { type Chat, ChatError } from '../../core/chat.ts'
import type { Limits } from '../../transport/index.ts'
import type { FileLines } from '../file-lines.ts'
import type { Directory } from './directory.ts'
import type { Identity } from './identity.ts'
import type { Session } from './session.ts'
import type { WireAnswer } from './wire.ts'

/** The parts that carry out a request of one socket. */
export interface Context {
  readonly chat: Chat
  readonly lines: FileLines
  readonly limits: Limits
  readonly answers: LongAnswers
  readonly identity: Identity
  readonly directory: Directory
  readonly session: Session
}

export interface Reply {
  readonly answers: readonly WireAnswer[]
  /** To be called once the answers are on their way. */
  readonly begin?: () => void
}

export type Run = (argument: unknown, context: Context) => Promise<Reply> | Reply

export const reply = (...answers: WireAnswer[]): Reply => ({ answers })

export const addressOf = ({ session }: Context): string => session.connection.address

export const hasCode = (error: unknown, code: ChatError['code']): boolean =>
  error instanceof ChatError && error.code === code
