import type { Clock, Micros } from '../lib/clock.ts'
import { newUuid } from '../lib/ids.ts'
import type { AccountName, AccountStore, ContactStore } from '../store/store.ts'
import type { Credentials } from './credentials.ts'
import { ChatError } from './errors.ts'
import { newName } from './names.ts'
import { isActive, mayBeAdded } from './policy.ts'
import type { Account, AccountId } from './types.ts'

interface Registration {
  readonly username: string
  /** The username when absent. */
  readonly displayName?: string
  readonly email?: string
  readonly password: string
  readonly from?: string
  /** Whether the client may have taken the MD5 of the password: some of the rooms dialect do. */
  readonly isFromMd5Client?: boolean
}

interface AccountsParts {
  readonly store: { readonly accounts: AccountStore; readonly contacts: ContactStore }
  readonly clock: Clock
  readonly credentials: Credentials
  /** True by default. */
  readonly isRegistrationOpen?: boolean | undefined
}

/** People, bots and guests: who they are. */
export class Accounts {
  readonly #store: AccountStore
  readonly #contacts: ContactStore
  readonly #clock: Clock
  readonly #credentials: Credentials
  /** Whether anybody may make an account, or come as a guest under a new name. */
  readonly isRegistrationOpen: boolean

  constructor({ store, clock, credentials, isRegistrationOpen = true }: AccountsParts) {
    this.isRegistrationOpen = isRegistrationOpen
    this.#store = store.accounts
    this.#contacts = store.contacts
    this.#clock = clock
    this.#credentials = credentials
  }

  /**
   * Refuses 'registration_closed', 'name_refused' (details.field), 'password_refused', 'busy', 'name_taken' and
   * 'email_taken' (details.fields).
   */
  async register(registration: Registration): Promise<Account> {
    this.#requireOpen()
    const { email, password, from, isFromMd5Client = false } = registration
    const username = newName(registration.username, 'username')
    const displayName = newName(registration.displayName ?? username, 'displayName')
    const passwordHash = await this.#credentials.hash(password, { from, isFromMd5Client })
    return this.#store.create({
      uuid: newUuid(),
      username,
      displayName,
      email: email ?? null,
      passwordHash,
      at: this.#clock.nowMicros(),
    })
  }

  /** A name without a password. Refuses 'registration_closed', 'name_refused', 'name_taken'. */
  async admitGuest(typed: string): Promise<Account> {
    this.#requireOpen()
    const username = newName(typed, 'username')
    return this.#store.create({
      uuid: newUuid(),
      username,
      displayName: username,
      email: null,
      passwordHash: null,
      at: this.#clock.nowMicros(),
    })
  }

  /** Undefined also for a disabled account. */
  async find(accountId: AccountId): Promise<Account | undefined> {
    return onlyActive(await this.#store.find(accountId))
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    return onlyActive(await this.#store.findByUsername(username))
  }

  /** Finds disabled accounts and guests too: for an operator's commands. */
  findForOperator(username: string): Promise<Account | undefined> {
    return this.#store.findByUsername(username)
  }

  /**
   * Finds an account that the viewer may talk to: no guest, and none that blocked the viewer. Those look
   * exactly like nobody.
   */
  async findVisible(
    viewerId: AccountId,
    who: { username: string } | { accountId: AccountId },
  ): Promise<Account | undefined> {
    const found =
      'username' in who
        ? await this.#store.findByUsername(who.username)
        : await this.#store.find(who.accountId)
    if (!found || !mayBeAdded(found)) return undefined
    const blockers = await this.#contacts.blockersOf(viewerId, [found.accountId])
    return blockers.length === 0 ? found : undefined
  }

  /**
   * Everyone the viewer may talk to and the viewer, by id; `after` is the last id of the page before. A page
   * with fewer than `limit` is the last.
   */
  list(viewerId: AccountId, page: { after: number; limit: number }): Promise<readonly AccountName[]> {
    return this.#store.listNames(viewerId, page)
  }

  /** Makes the account an administrator, or takes that back. Refuses 'unknown_account', also for a guest. */
  setAdmin(accountId: AccountId, isAdmin: boolean): Promise<void> {
    return this.#store.setAdmin(accountId, isAdmin)
  }

  /** Gives back the names of guests unused since then. */
  freeGuests(unseenSince: Micros): Promise<number> {
    return this.#store.freeGuests(unseenSince)
  }

  #requireOpen(): void {
    if (!this.isRegistrationOpen) throw new ChatError('registration_closed')
  }
}

const onlyActive = (account: Account | undefined): Account | undefined =>
  account && isActive(account) ? account : undefined
