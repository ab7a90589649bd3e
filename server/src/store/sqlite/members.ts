import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, Member } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Joined, MemberStore, NewMember } from '../store.ts'
import { read } from './failure.ts'
import { LIST_MEMBERS } from './members-writes.ts'
import { memberOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteMembers implements MemberStore {
  readonly #writer: WriteQueue
  readonly #list

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Row<Member>>(db, LIST_MEMBERS)
  }

  list(conversationId: ConversationId): Promise<readonly Member[]> {
    return read(() => this.#list.all(conversationId).map(memberOf))
  }

  join(entry: NewMember): Promise<Joined> {
    return this.#writer.write('members.join', entry)
  }

  leave(exit: {
    conversationId: ConversationId
    accountId: AccountId
    at: Micros
  }): Promise<{ change: number }> {
    return this.#writer.write('members.leave', exit)
  }

  markRead(mark: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<void> {
    return this.#writer.write('members.markRead', mark)
  }

  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void> {
    return this.#writer.write('members.setCurrent', { accountId, conversationId })
  }
}
