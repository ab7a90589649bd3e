import type { AccountId, ConversationId, Member, MemberDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type {
  ChangedRoles,
  Exit,
  Joined,
  Left,
  LiftedBan,
  MemberStore,
  NewMember,
  NewRole,
  RemovedMember,
} from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { READ_SEQ } from './own-views.ts'
import { MEMBER_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresMembers implements MemberStore {
  readonly #writer: WriteQueue
  readonly #heir
  readonly #list
  readonly #page

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#heir = prepare<{ accountId: AccountId | null }>(sql, 'SELECT chat_heir($1, $2) AS "accountId"')
    this.#list = prepare<Member>(sql, LIST)
    this.#page = prepare<MemberDetails>(sql, PAGE)
  }

  list(conversationId: ConversationId): Promise<readonly Member[]> {
    return this.#list.all(conversationId)
  }

  page(
    conversationId: ConversationId,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MemberDetails[]> {
    return this.#page.all(conversationId, after, limit)
  }

  join(entry: NewMember): Promise<Joined> {
    return this.#writer.write('members.join', entry)
  }

  leave(exit: Exit): Promise<Left> {
    return this.#writer.write('members.leave', exit)
  }

  async findHeir(conversationId: ConversationId, leaverId: AccountId): Promise<AccountId | undefined> {
    return (await this.#heir.get(conversationId, leaverId))?.accountId ?? undefined
  }

  remove(removal: RemovedMember): Promise<Left> {
    return this.#writer.write('members.remove', removal)
  }

  liftBan(lift: LiftedBan): Promise<void> {
    return this.#writer.write('members.liftBan', lift)
  }

  changeRole(change: NewRole): Promise<ChangedRoles> {
    return this.#writer.write('members.changeRole', change)
  }

  markRead(mark: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<void> {
    return this.#writer.write('members.markRead', mark)
  }

  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void> {
    return this.#writer.write('members.setCurrent', { accountId, conversationId })
  }
}

const LIST = `
  SELECT ${MEMBER_COLUMNS} FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = $1 ORDER BY m.id`

const PAGE = `
  SELECT ${MEMBER_COLUMNS}, a.display_name AS "displayName", ${READ_SEQ} AS "readSeq"
  FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = $1 AND m.account_id > $2 ORDER BY m.account_id LIMIT $3`
