import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import type { ExportStore, FileStore } from '../store/store.ts'
import { AccountExport } from './account-export.ts'
import type { Credentials } from './credentials.ts'
import { ChatError } from './errors.ts'
import type { AccountId } from './types.ts'

/** An account begins one in this time, on each node. */
const REST: Micros = 3600 * MICROS_PER_SECOND
/** Exports that run at a time on a node; one more is refused 'busy'. */
const MAX_AT_ONCE = 2

interface ExportsParts {
  readonly store: ExportStore
  readonly files: Pick<FileStore, 'listOwn'>
  readonly credentials: Pick<Credentials, 'requirePassword'>
  readonly clock: Clock
}

/** Accounts that take their own data with them. */
export class Exports {
  readonly #parts: ExportsParts
  /** When each account last began one, in this order: those of the last hour. */
  readonly #begun = new Map<AccountId, Micros>()
  #running = 0

  constructor(parts: ExportsParts) {
    this.#parts = parts
  }

  /**
   * Begins an export of all that is the account's own. It is read as the caller takes it, and takes one of a node's few
   * places until it is at its end or is returned. Refuses 'wrong_credentials', 'rate_limited' when one was begun at this
   * node less than an hour ago (details.retryAfterSeconds), and 'busy'. One that fails with the store may be begun again
   * at once.
   */
  async begin(
    accountId: AccountId,
    { password, from }: { readonly password: string; readonly from?: string },
  ): Promise<AccountExport> {
    const { store, files, credentials, clock } = this.#parts
    await credentials.requirePassword(accountId, password, from)
    const at = clock.nowMicros()
    this.#requireRested(accountId, at)
    if (this.#running >= MAX_AT_ONCE) throw new ChatError('busy')
    this.#running++
    this.#begun.set(accountId, at)
    return new AccountExport({
      ...{ store, files, accountId, at },
      onEnd: (hasFailed) => {
        this.#running--
        if (hasFailed) this.#begun.delete(accountId)
      },
    })
  }

  #requireRested(accountId: AccountId, now: Micros): void {
    for (const [id, at] of this.#begun) {
      // One that lies ahead is from before the clock was set back.
      const left = at + REST - now
      if (left <= 0 || left > REST) this.#begun.delete(id)
      else if (id === accountId)
        throw new ChatError('rate_limited', { retryAfterSeconds: Math.ceil(left / MICROS_PER_SECOND) })
    }
  }
}
