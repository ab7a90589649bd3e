import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationKind } from '../../core/types.ts'
import { prepare } from './statement.ts'

interface Facts {
  readonly isGuest: number
  readonly isDisabled: number
  readonly hasBlocked: number
}

/** Checks which accounts may meet, as of this transaction. Refuses 'unknown_account'. */
export class Admission {
  readonly #facts

  constructor(db: DatabaseSync) {
    this.#facts = prepare<Facts>(db, FACTS)
  }

  requireExists(accountId: AccountId): void {
    this.#get(accountId, accountId)
  }

  isGuest(accountId: AccountId): boolean {
    return this.#get(accountId, accountId).isGuest === 1
  }

  /** Refuses unless the account exists and has not blocked `byId`. */
  requireReachable(accountId: AccountId, byId: AccountId): void {
    if (this.#get(accountId, byId).hasBlocked) throw unknown(accountId)
  }

  /** Refuses unless `byId`, who may be the account itself, may make it a member of such a conversation. */
  requireAdmissible(accountId: AccountId, byId: AccountId, kind: ConversationKind): void {
    const { isGuest, isDisabled, hasBlocked } = this.#get(accountId, byId)
    if (isDisabled || hasBlocked || (isGuest && kind !== 'open')) throw unknown(accountId)
  }

  #get(accountId: AccountId, byId: AccountId): Facts {
    const facts = this.#facts.get(accountId, byId)
    if (!facts) throw unknown(accountId)
    return facts
  }
}

const unknown = (accountId: AccountId): ChatError => new ChatError('unknown_account', { accountId })

const FACTS = `
  SELECT is_guest AS isGuest, disabled_at IS NOT NULL AS isDisabled,
    EXISTS (SELECT 1 FROM blocks WHERE blocked_id = ?2 AND blocker_id = ?1) AS hasBlocked
  FROM accounts WHERE id = ?1`
