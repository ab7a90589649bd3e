import { setTimeout } from 'node:timers/promises'
import type { Bus, PresenceShift } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import { owned } from '../lib/guard.ts'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import { Semaphore } from '../lib/semaphore.ts'
import { pause } from '../lib/slices.ts'
import type { AccountStore, ContactStore } from '../store/store.ts'
import { ChatError, isStoreFailure } from './errors.ts'
import { accountTopic, presenceTopic } from './events.ts'
import { SeenNotes } from './seen-notes.ts'
import { StatusRate } from './status-rate.ts'
import { type AccountId, type Sender, toAccountId, toSender } from './types.ts'

const ONLINE = 'online:'
const SHIFTS_AT_ONCE = 8
/** Accounts of which it is looked up together whether the viewer knows them: each may have thousands of conversations. */
const LOOKED_UP_AT_ONCE = 20
/** Milliseconds between two tries while the database is away. */
const RETRY_MS = 1_000
/** Online accounts are spread over this many sets, which a Redis Cluster spreads over its shards. */
const ONLINE_SETS = 64

const setOf = (accountId: AccountId): string => `${ONLINE}${accountId % ONLINE_SETS}`

interface PresenceOptions {
  readonly clock: Clock
  /** Called when background work has failed. */
  readonly onError: (error: unknown) => void
}

/** The accounts with a live connection, in any dialect and on any node. Live state: a crash leaves nobody online. */
export class Presence {
  readonly #bus: Bus
  readonly #accounts: AccountStore
  readonly #contacts: ContactStore
  readonly #options: PresenceOptions
  /** Bounds how many absences are told at a time: a node that dies leaves thousands. */
  readonly #semaphore = new Semaphore({ concurrency: SHIFTS_AT_ONCE, maxWaiting: Number.POSITIVE_INFINITY })
  // One account's comings and goings are told in the order they happened.
  readonly #turns = new KeyedQueue<AccountId>()
  /** Accounts whose contacts could not be told, with their latest state: one entry an account. */
  readonly #untold = new Map<AccountId, boolean>()
  readonly #rate: StatusRate
  readonly #seen: SeenNotes
  #isTryingAgain = false
  #isClosed = false

  constructor(bus: Bus, store: { accounts: AccountStore; contacts: ContactStore }, options: PresenceOptions) {
    this.#bus = bus
    this.#accounts = store.accounts
    this.#contacts = store.contacts
    this.#options = options
    this.#rate = new StatusRate(options.clock)
    this.#seen = new SeenNotes(store.accounts, options.clock)
    bus.presence.onShift((shift) => this.#follow(shift))
  }

  /**
   * Counts one more live connection. Await the result once when it ends. Contacts hear only of the first and the
   * last. While the database is away, they hear of the last once it is back. An account that comes and goes all the
   * time is told once a second.
   */
  async connect(account: Sender): Promise<() => Promise<void>> {
    // The account itself, given as one, would be kept for as long as the connection lasts.
    const person = toSender(account)
    await this.#turns.run(person.accountId, () => this.#come(person))
    return this.#departureOf(person)
  }

  /** Apart from `connect`: a closure there would keep what the waiting needed, for as long as the connection lasts. */
  #departureOf(person: Sender): () => Promise<void> {
    let isConnected = true
    return async () => {
      if (!isConnected) return
      isConnected = false
      await this.#turns.run(person.accountId, () => this.#go(person))
    }
  }

  async #go(person: Sender): Promise<void> {
    const { accountId } = person
    if (!(await this.#bus.presence.leave(setOf(accountId), String(accountId)))) return
    if (this.#rate.take(accountId)) await this.#tellOrKeep(accountId, false, () => this.#tellGone(person))
    else this.#keep(accountId, false)
  }

  /** From now on nothing is tried again. */
  close(): void {
    this.#isClosed = true
    this.#untold.clear()
  }

  /** Resolves when, after an outage, it is known again who is online at other nodes. */
  settled(): Promise<void> {
    return this.#bus.presence.settled()
  }

  /** Those among `accountIds` whom the viewer may see online: all that are, but for those that have blocked the viewer. */
  async onlineAmong(viewerId: AccountId, accountIds: readonly AccountId[]): Promise<ReadonlySet<AccountId>> {
    const blockers = new Set(await this.#contacts.blockersOf(viewerId, accountIds))
    const online = new Set<AccountId>()
    for (const accountId of accountIds)
      if (!blockers.has(accountId) && (await this.isOnline(accountId))) online.add(accountId)
    return online
  }

  /**
   * Those among `accountIds` whom the viewer sees online. One with whom the viewer shares no contact and no conversation
   * looks offline.
   */
  async seenAmong(viewerId: AccountId, accountIds: readonly AccountId[]): Promise<ReadonlySet<AccountId>> {
    const known: AccountId[] = []
    for (let from = 0; from < accountIds.length; from += LOOKED_UP_AT_ONCE) {
      const turn = pause()
      if (turn) await turn
      known.push(
        ...(await this.#contacts.knownAmong(viewerId, accountIds.slice(from, from + LOOKED_UP_AT_ONCE))),
      )
    }
    return this.onlineAmong(viewerId, known)
  }

  /** Tells a contact of the account what it may see now: after a block, and after the end of one. */
  async retell(accountId: AccountId, viewerId: AccountId): Promise<void> {
    this.#bus.publish(presenceTopic(accountId), { accountId, viewerId })
    const contacts = await this.#contacts.list(viewerId)
    const account = contacts.find((contact) => contact.accountId === accountId)
    if (!account) return
    await this.#turns.run(accountId, async () => {
      const isOnline = (await this.onlineAmong(viewerId, [accountId])).has(accountId)
      this.#publish(viewerId, toSender(account), isOnline)
    })
  }

  isOnline(accountId: AccountId): Promise<boolean> {
    return this.#bus.presence.has(setOf(accountId), String(accountId))
  }

  async #come(person: Sender): Promise<void> {
    const [set, member] = [setOf(person.accountId), String(person.accountId)]
    if (!(await this.#bus.presence.enter(set, member))) return
    try {
      if (this.#rate.take(person.accountId)) await this.#tell(person, true)
      else this.#keep(person.accountId, true)
    } catch (error) {
      // The caller has nothing to give back.
      await this.#bus.presence.leave(set, member)
      throw error
    }
  }

  /** The account's node has died, or is back. */
  async #follow({ set, member, isPresent }: PresenceShift): Promise<void> {
    if (!set.startsWith(ONLINE)) return
    const accountId = toAccountId(Number(member))
    await this.#semaphore.run(() => this.#turns.run(accountId, () => this.#tellShift(accountId, isPresent)))
  }

  #tellShift(accountId: AccountId, isPresent: boolean): Promise<void> {
    return this.#tellOrKeep(accountId, isPresent, async () => {
      const account = await this.#accounts.find(accountId)
      // The account may have come by another node meanwhile, or gone again.
      if (!account || (await this.isOnline(accountId)) !== isPresent) return
      await (isPresent ? this.#tell(toSender(account), true) : this.#tellGone(toSender(account)))
    })
  }

  async #tellOrKeep(accountId: AccountId, isPresent: boolean, tell: () => Promise<void>): Promise<void> {
    try {
      await tell()
    } catch (error) {
      if (!isStoreFailure(error)) throw error
      this.#keep(accountId, isPresent)
    }
  }

  /** Has contacts told later, of the account's state at that time. */
  #keep(accountId: AccountId, isPresent: boolean): void {
    if (this.#isClosed) return
    this.#untold.set(accountId, isPresent)
    this.#tryAgain()
  }

  #tryAgain(): void {
    if (this.#isTryingAgain || this.#untold.size === 0) return
    this.#isTryingAgain = true
    const telling = this.#tellUntold().finally(() => {
      this.#isTryingAgain = false
      // Those that a failure has left.
      this.#tryAgain()
    })
    owned('task', telling)
  }

  /** Some at a time, so that a database that is away is not asked for all of them each time. */
  async #tellUntold(): Promise<void> {
    for (let isAway = true; this.#untold.size > 0; ) {
      if (isAway) await setTimeout(RETRY_MS, undefined, { ref: false })
      const some = [...this.#untold.entries().take(SHIFTS_AT_ONCE)]
      for (const [accountId] of some) this.#untold.delete(accountId)
      const telling = some.map(([accountId, isPresent]) =>
        this.#turns.run(accountId, () => this.#tellShift(accountId, isPresent)),
      )
      await Promise.all(telling.map((each) => each.catch(this.#options.onError)))
      isAway = some.some(([accountId]) => this.#untold.has(accountId))
    }
  }

  /** Another node may tell that it has come before this one is done telling that it went: the last word must hold. */
  async #tellGone(person: Sender): Promise<void> {
    for (let isOnline = false; ; isOnline = !isOnline) {
      await this.#tell(person, isOnline)
      if ((await this.isOnline(person.accountId)) === isOnline) return
    }
  }

  async #tell(person: Sender, isOnline: boolean): Promise<void> {
    const { accountId } = person
    this.#bus.publish(presenceTopic(accountId), { accountId })
    await this.#noteSeen(accountId)
    const others = (await this.#contacts.list(accountId)).map((other) => other.accountId)
    const blocked = new Set(others.length === 0 ? [] : await this.#contacts.blockedBy(accountId, others))
    for (const otherId of others) {
      const turn = pause()
      if (turn) await turn
      if (!blocked.has(otherId)) this.#publish(otherId, person, isOnline)
    }
  }

  #publish(accountId: AccountId, contact: Sender, isOnline: boolean): void {
    this.#bus.publish(accountTopic(accountId), { type: 'contact.presence', accountId, contact, isOnline })
  }

  /** A full disk keeps nobody from coming, and makes nobody stay. */
  async #noteSeen(accountId: AccountId): Promise<void> {
    try {
      await this.#seen.note(accountId)
    } catch (error) {
      if (!isStoreFailure(error) && !(error instanceof ChatError && error.code === 'busy')) throw error
    }
  }
}
