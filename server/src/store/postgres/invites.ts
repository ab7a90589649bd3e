import type { ConversationId, Invite, InviteId, Role } from '../../core/types.ts'
import type {
  CreatedInvite,
  FoundInvite,
  InvitedMember,
  InviteStore,
  Joined,
  NewInvite,
  RevokedInvite,
} from '../store.ts'
import type { Queryable } from './driver/index.ts'
import { INVITE_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type FoundRow = Invite & { readonly makerRole: Role | null }

export class PostgresInvites implements InviteStore {
  readonly #writer: WriteQueue
  readonly #list
  readonly #find

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#list = prepare<Invite>(sql, LIST)
    this.#find = prepare<FoundRow>(sql, FIND)
  }

  create(invite: NewInvite): Promise<CreatedInvite> {
    return this.#writer.write('invites.create', invite)
  }

  list(
    conversationId: ConversationId,
    { after, limit }: { after: number; limit: number },
  ): Promise<readonly Invite[]> {
    return this.#list.all(conversationId, after, limit)
  }

  async find(digest: string): Promise<FoundInvite | undefined> {
    return found(await this.#find.get(digest))
  }

  join(entry: InvitedMember): Promise<Joined> {
    return this.#writer.write('invites.join', entry)
  }

  revoke(revocation: RevokedInvite): Promise<void> {
    return this.#writer.write('invites.revoke', revocation)
  }

  end(inviteId: InviteId): Promise<boolean> {
    return this.#writer.write('invites.end', { inviteId })
  }
}

function found(row: FoundRow | undefined): FoundInvite | undefined {
  if (!row) return undefined
  const { makerRole, ...invite } = row
  return { invite, makerRole }
}

const LIST = `
  SELECT ${INVITE_COLUMNS} FROM invites i
  WHERE i.conversation_id = $1 AND i.id > $2 ORDER BY i.id LIMIT $3`

const FIND = `
  SELECT ${INVITE_COLUMNS}, m.role AS "makerRole" FROM invites i
  LEFT JOIN members m ON m.conversation_id = i.conversation_id AND m.account_id = i.maker_id
  WHERE i.digest = $1`
