import type { AccountId } from '../../core/types.ts'
import type {
  ExportedBond,
  ExportedMembership,
  ExportedMessages,
  ExportedProfile,
  ExportedReaction,
  ExportStore,
  MessageWalk,
  ReactionPlace,
} from '../store.ts'
import type { ReadingThread } from './reading-thread.ts'

export class SqliteExports implements ExportStore {
  readonly #thread: ReadingThread

  constructor(thread: ReadingThread) {
    this.#thread = thread
  }

  profile(accountId: AccountId): Promise<ExportedProfile | undefined> {
    return this.#thread.read('profile', accountId)
  }

  contacts(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]> {
    return this.#thread.read('contacts', accountId, after, limit)
  }

  blocks(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedBond[]> {
    return this.#thread.read('blocks', accountId, after, limit)
  }

  memberships(accountId: AccountId, after: number, limit: number): Promise<readonly ExportedMembership[]> {
    return this.#thread.read('memberships', accountId, after, limit)
  }

  reactions(
    accountId: AccountId,
    after: ReactionPlace | null,
    limit: number,
  ): Promise<readonly ExportedReaction[]> {
    return this.#thread.read('reactions', accountId, after, limit)
  }

  lastMessageId(): Promise<number> {
    return this.#thread.read('lastMessageId')
  }

  messages(accountId: AccountId, walk: MessageWalk, limit: number): Promise<ExportedMessages> {
    return this.#thread.read('messages', accountId, walk, limit)
  }
}
