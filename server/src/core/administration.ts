import type { Clock } from '../lib/clock.ts'
import { nameKey } from '../lib/name-forms.ts'
import type {
  AccountOverview,
  AccountStatus,
  AccountStore,
  Act,
  Belongings,
  ConversationOverview,
  ConversationStore,
  OverviewPage,
  OverviewStore,
  SessionOverview,
  Totals,
} from '../store/store.ts'
import type { Audit } from './audit.ts'
import type { BackUpState, BackUps } from './back-ups.ts'
import type { ConversationRemovals } from './conversation-removals.ts'
import type { Credentials } from './credentials.ts'
import { ChatError } from './errors.ts'
import { requireAdmin, requireMayActOn } from './policy.ts'
import type { Removals } from './removals.ts'
import type { Sessions } from './sessions.ts'
import type { Account, AccountId, ConversationId, SessionId } from './types.ts'

/** Rows that are read at a time, and pages of them that one answer may look through. */
const PAGE = 500
const MAX_PAGES = 20

/** An account that asks as an administrator, and where it does so, for the audit log. */
export interface Administrator {
  readonly account: Account
  readonly origin: string
}

interface Sought {
  /** A part of a name, in any case. */
  readonly search?: string | undefined
  readonly after: number
  readonly limit: number
}

interface Found<Item> {
  readonly items: readonly Item[]
  /** The id after which the next page begins; null at the end. A page may be short before that. */
  readonly next: number | null
}

interface AdministrationParts {
  readonly store: {
    readonly accounts: AccountStore
    readonly conversations: ConversationStore
    readonly overview: OverviewStore
  }
  readonly audit: Audit
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly removals: Removals
  readonly conversationRemovals: ConversationRemovals
  readonly backUps: BackUps
  readonly clock: Clock
  /** Called when background work has failed. */
  readonly onError: (error: unknown) => void
}

/** Sight of everything that there is, and acts on it. Each command refuses 'forbidden' to anybody else, and what changes anything is audited. */
export class Administration {
  readonly #parts: AdministrationParts

  constructor(parts: AdministrationParts) {
    this.#parts = parts
  }

  /** Accounts by their ids. */
  accounts(
    by: Administrator,
    { status, ...sought }: Sought & { readonly status?: AccountStatus | undefined },
  ): Promise<Found<AccountOverview>> {
    requireAdmin(by.account)
    const { overview } = this.#parts.store
    return find(sought, {
      read: (page) => overview.accounts(page),
      idOf: ({ accountId }) => accountId,
      namesOf: ({ username, displayName, email }) => [username, displayName, email],
      isWanted: (account) => status === undefined || account.status === status,
    })
  }

  /** Refuses 'unknown_account'. */
  async account(
    by: Administrator,
    accountId: AccountId,
  ): Promise<{
    readonly account: AccountOverview
    readonly belongings: Belongings
    readonly sessions: readonly SessionOverview[]
  }> {
    requireAdmin(by.account)
    const { store, clock } = this.#parts
    const now = clock.nowMicros()
    const [[account], belongings, sessions] = await Promise.all([
      store.overview.accounts({ after: accountId - 1, limit: 1 }),
      store.overview.belongings(accountId, now),
      store.overview.sessions(accountId, now),
    ])
    if (account?.accountId !== accountId) throw new ChatError('unknown_account', { accountId })
    return { account, belongings, sessions }
  }

  /** Refuses 'unknown_account', 'with_yourself', and 'forbidden' about another administrator, as all acts on accounts do. */
  disable(by: Administrator, accountId: AccountId): Promise<void> {
    const { credentials } = this.#parts
    return this.#act(by, { act: 'accounts disable', accountId }, () => credentials.disable(accountId))
  }

  enable(by: Administrator, accountId: AccountId): Promise<void> {
    const { credentials } = this.#parts
    return this.#act(by, { act: 'accounts enable', accountId }, () => credentials.enable(accountId))
  }

  signOut(by: Administrator, accountId: AccountId): Promise<void> {
    const { credentials } = this.#parts
    return this.#act(by, { act: 'accounts sign-out', accountId }, () => credentials.revoke(accountId))
  }

  /**
   * Ends one session of the account, of whichever dialect. One that is gone may be ended again. It is no act on the account's
   * standing, but the rules of those hold.
   */
  endSession(by: Administrator, accountId: AccountId, sessionId: SessionId): Promise<void> {
    const { sessions } = this.#parts
    return this.#act(by, { act: `sessions end ${sessionId}`, accountId }, () =>
      sessions.end(accountId, sessionId),
    )
  }

  /** Refuses also 'forbidden' for a guest and for a deleted account, and 'conflict'. */
  delete(by: Administrator, accountId: AccountId, messages: 'keep' | 'delete'): Promise<void> {
    const { removals, onError } = this.#parts
    const act = `accounts delete, messages: ${messages}`
    return this.#act(by, { act, accountId }, async ({ passwordHash }) => {
      if (passwordHash === null) throw new ChatError('forbidden', { isLasting: true })
      await removals.removeByOperator(accountId, messages)
      removals.resume().catch(onError)
    })
  }

  /** Conversations by their ids, without what is said there. */
  conversations(by: Administrator, sought: Sought): Promise<Found<ConversationOverview>> {
    requireAdmin(by.account)
    const { overview } = this.#parts.store
    return find(sought, {
      read: (page) => overview.conversations(page),
      idOf: ({ conversationId }) => conversationId,
      namesOf: ({ name, gid }) => [name, gid],
      isWanted: () => true,
    })
  }

  /** Refuses 'unknown_conversation', and 'forbidden' also for a private one. */
  async deleteConversation(by: Administrator, conversationId: ConversationId): Promise<void> {
    requireAdmin(by.account)
    const { store, conversationRemovals, onError } = this.#parts
    const name = (await store.conversations.find(conversationId))?.name ?? null
    const subject = `conversation ${conversationId}${name === null ? '' : ` (${JSON.stringify(name)})`}`
    await this.#record(by, { act: 'conversations delete', subject }, () =>
      conversationRemovals.wish(conversationId),
    )
    conversationRemovals.run().catch(onError)
  }

  /** Those with smaller numbers than `before`, newest first. */
  acts(by: Administrator, page: { before: number; limit: number }): Promise<readonly Act[]> {
    requireAdmin(by.account)
    return this.#parts.audit.list(page)
  }

  totals(by: Administrator): Promise<Totals> {
    requireAdmin(by.account)
    const { store, clock } = this.#parts
    return store.overview.totals(clock.nowMicros())
  }

  /** Begins a back-up, whose end is told by `backUpState`. Refuses 'conflict', and 'forbidden' where there is no place for it. */
  async startBackUp(by: Administrator): Promise<void> {
    requireAdmin(by.account)
    const { account, origin } = by
    await this.#parts.backUps.start({ actor: account.username, origin })
  }

  async backUpState(by: Administrator): Promise<BackUpState> {
    requireAdmin(by.account)
    return this.#parts.backUps.state()
  }

  /** For figures that the core does not have. */
  requireAdmin(by: Administrator): void {
    requireAdmin(by.account)
  }

  async #act(
    by: Administrator,
    { act, accountId }: { readonly act: string; readonly accountId: AccountId },
    work: (target: Account) => Promise<unknown>,
  ): Promise<void> {
    requireAdmin(by.account)
    const target = await this.#parts.store.accounts.find(accountId)
    if (!target) throw new ChatError('unknown_account', { accountId })
    await this.#record(by, { act, subject: target.username }, async () => {
      requireMayActOn(by.account, target)
      await work(target)
    })
  }

  #record(
    { account, origin }: Administrator,
    act: { readonly act: string; readonly subject: string },
    work: () => Promise<void>,
  ): Promise<void> {
    return this.#parts.audit.record({ ...act, origin, actor: account.username }, work)
  }
}

interface Source<Item> {
  read(page: OverviewPage): Promise<readonly Item[]>
  idOf(item: Item): number
  namesOf(item: Item): readonly (string | null)[]
  isWanted(item: Item): boolean
}

/** Looks through so many pages at most: a name that is rare is found in several answers. */
async function find<Item>(
  { search, after, limit }: Sought,
  { read, idOf, namesOf, isWanted }: Source<Item>,
): Promise<Found<Item>> {
  const key = search === undefined ? undefined : nameKey(search)
  const isFound = (item: Item): boolean =>
    isWanted(item) &&
    (key === undefined || namesOf(item).some((name) => name !== null && nameKey(name).includes(key)))
  const items: Item[] = []
  let last = after
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const rows = await read({ after: last, limit: PAGE })
    for (const item of rows) {
      if (isFound(item)) {
        if (items.length === limit) return { items, next: last }
        items.push(item)
      }
      last = idOf(item)
    }
    if (rows.length < PAGE) return { items, next: null }
  }
  return { items, next: last }
}
