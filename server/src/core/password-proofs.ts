import type { Clock } from '../lib/clock.ts'
import type { TaskOwner } from '../lib/fair-semaphore.ts'
import type { Passwords } from '../lib/password.ts'
import { QueueFull } from '../lib/semaphore.ts'
import { siteOf } from '../lib/site.ts'
import { ChatError } from './errors.ts'
import { KnownSites } from './known-sites.ts'

/** One try to set or to prove a password. */
export interface Attempt {
  /** The network that it comes from: each has its turn, however many attempts another makes. */
  readonly from?: string | undefined
  /** Whether the client may have taken the MD5 of the password: some of the rooms dialect do. */
  readonly isFromMd5Client?: boolean
}

/** Makes and proves passwords for each network in turn: each costs a processor for a while. */
export class PasswordProofs {
  readonly #passwords: Passwords
  readonly #clock: Clock
  readonly #knownSites = new KnownSites()

  constructor(passwords: Passwords, clock: Clock) {
    this.#passwords = passwords
    this.#clock = clock
  }

  get waiting(): number {
    return this.#passwords.waiting
  }

  /** As `Passwords.hash`. Refuses 'busy'. */
  hash(password: string, attempt: Attempt = {}): Promise<string> {
    return unlessBusy(this.#passwords.hash(password, this.#owned(attempt)))
  }

  /** As `Passwords.prove`. Refuses 'busy'. */
  prove(password: string, hash: string | undefined, attempt: Attempt): ReturnType<Passwords['prove']> {
    return unlessBusy(this.#passwords.prove(password, hash, this.#owned(attempt)))
  }

  /** Notes that an account proved itself: for 30 days, log-ins from that network do not wait for strangers'. */
  note(from: string): void {
    this.#knownSites.note(siteOf(from), this.#clock.nowMicros())
  }

  #owned({ from, isFromMd5Client = false }: Attempt) {
    return { owner: this.#ownerAt(from), isFromMd5Client }
  }

  /** Keyed by the network alone: if the account counted too, the time of an answer would say whether it exists. */
  #ownerAt(from: string | undefined): TaskOwner {
    const key = siteOf(from ?? '')
    return { key, isKnown: this.#knownSites.has(key, this.#clock.nowMicros()) }
  }
}

async function unlessBusy<T>(hashing: Promise<T>): Promise<T> {
  try {
    return await hashing
  } catch (error) {
    if (error instanceof QueueFull) throw new ChatError('busy', {}, { cause: error })
    throw error
  }
}
