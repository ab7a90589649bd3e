import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, Member, MemberDetails, Role } from '../../core/types.ts'
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
import { read } from './failure.ts'
import { HEIR } from './heir.ts'
import { READ_SEQ } from './own-views.ts'
import { readInPieces } from './pieces.ts'
import { MEMBER_COLUMNS } from './rows.ts'
import { prepare, prepareTuples } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type ListedRow = readonly [
  id: number,
  accountId: AccountId,
  username: string,
  role: Role,
  joinedAt: Micros,
  lastReadAt: Micros | null,
  lastReadSeq: number,
]

/** Sorts by the order of joining, which no index has. */
const byId = ([one]: ListedRow, [other]: ListedRow): number => one - other

export class SqliteMembers implements MemberStore {
  readonly #writer: WriteQueue
  readonly #heir
  readonly #list
  readonly #page

  constructor(db: DatabaseSync, writer: WriteQueue) {
    this.#writer = writer
    this.#heir = prepare<{ accountId: AccountId }>(db, HEIR)
    this.#list = prepareTuples<ListedRow>(db, LIST)
    this.#page = prepare<MemberDetails>(db, PAGE)
  }

  async list(conversationId: ConversationId): Promise<readonly Member[]> {
    const rows = await readInPieces<ListedRow>(Number.POSITIVE_INFINITY, (wanted, last) =>
      this.#list.all(conversationId, last?.[1] ?? 0, wanted),
    )
    return rows.sort(byId).map(([, accountId, username, role, joinedAt, lastReadAt, lastReadSeq]) => ({
      ...{ conversationId, accountId, username, role, joinedAt, lastReadAt, lastReadSeq },
    }))
  }

  page(
    conversationId: ConversationId,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly MemberDetails[]> {
    return read(() => this.#page.all(conversationId, after, limit).map((row) => ({ ...row })))
  }

  join(entry: NewMember): Promise<Joined> {
    return this.#writer.write('members.join', entry)
  }

  leave(exit: Exit): Promise<Left> {
    return this.#writer.write('members.leave', exit)
  }

  findHeir(conversationId: ConversationId, leaverId: AccountId): Promise<AccountId | undefined> {
    return read(() => this.#heir.get(conversationId, leaverId)?.accountId)
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
  SELECT m.id, m.account_id, a.username, m.role, m.joined_at, m.last_read_at, m.last_read_seq
  FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = ? AND m.account_id > ? ORDER BY m.account_id LIMIT ?`

const PAGE = `
  SELECT ${MEMBER_COLUMNS}, a.display_name AS displayName, ${READ_SEQ} AS readSeq
  FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = ? AND m.account_id > ? ORDER BY m.account_id LIMIT ?`
