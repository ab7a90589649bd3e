import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type {
  AccountOverview,
  Belongings,
  ConversationOverview,
  InviteOverview,
  OverviewPage,
  OverviewStore,
  SessionOverview,
  Totals,
} from '../store.ts'
import type { ReadingThread } from './reading-thread.ts'

export class SqliteOverview implements OverviewStore {
  readonly #thread: ReadingThread

  constructor(thread: ReadingThread) {
    this.#thread = thread
  }

  accounts(page: OverviewPage): Promise<readonly AccountOverview[]> {
    return this.#thread.read('accounts', page)
  }

  belongings(accountId: AccountId, at: Micros): Promise<Belongings> {
    return this.#thread.read('belongings', accountId, at)
  }

  conversations(page: OverviewPage): Promise<readonly ConversationOverview[]> {
    return this.#thread.read('conversations', page)
  }

  invites(page: OverviewPage): Promise<readonly InviteOverview[]> {
    return this.#thread.read('invites', page)
  }

  sessions(accountId: AccountId, at: Micros): Promise<readonly SessionOverview[]> {
    return this.#thread.read('sessions', accountId, at)
  }

  totals(at: Micros): Promise<Totals> {
    return this.#thread.read('totals', at)
  }
}
