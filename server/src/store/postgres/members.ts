import type { AccountId, ConversationId, Member } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Joined, MemberStore, NewMember } from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { MEMBER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresMembers implements MemberStore {
  readonly #writer: WriteQueue
  readonly #list

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Member>(sql, LIST)
  }

  list(conversationId: ConversationId): Promise<readonly Member[]> {
    return this.#list.all(conversationId)
  }

  join(entry: NewMember): Promise<Joined> {
    return this.#write('members_join', entry)
  }

  leave(exit: {
    conversationId: ConversationId
    accountId: AccountId
    at: Micros
  }): Promise<{ change: number }> {
    return this.#write('members_leave', exit)
  }

  markRead(mark: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<void> {
    return this.#write('members_mark_read', mark)
  }

  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void> {
    const argument = { accountId, conversationId }
    return this.#writer.write({ name: 'members_set_current', argument, accountId })
  }

  #write<Value>(name: string, argument: { readonly conversationId: ConversationId }): Promise<Value> {
    return this.#writer.write({ name, argument, conversationId: argument.conversationId })
  }
}

const LIST = `
  SELECT ${MEMBER_COLUMNS} FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = $1 ORDER BY m.id`
