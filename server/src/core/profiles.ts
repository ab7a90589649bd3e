import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { AccountStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { newName } from './names.ts'
import { publishTouched } from './publish-touched.ts'
import type { AccountId } from './types.ts'

interface NewProfile {
  readonly displayName?: string | null
  readonly bio?: string | null
  readonly email?: string | null
}

/** A client's own, of whatever form. */
type Settings = Readonly<Record<string, unknown>>

/** Bytes of their JSON, in UTF-8. */
const MAX_SETTINGS_BYTES = 8_192

/** Accounts' own words about themselves, and the settings that their clients keep. */
export class Profiles {
  readonly #store: AccountStore
  readonly #bus: Bus
  readonly #clock: Clock

  constructor(store: AccountStore, bus: Bus, clock: Clock) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
  }

  /**
   * Sets what is given. Null makes the display name the username, and empties the bio or the email. Refuses
   * 'name_refused' (details.field), 'email_taken', 'unknown_account'.
   */
  async set(accountId: AccountId, change: NewProfile): Promise<void> {
    const { displayName, ...rest } = change
    const named =
      displayName === undefined ? {} : { displayName: await this.#displayName(accountId, displayName) }
    const at = this.#clock.nowMicros()
    await publishTouched(this.#bus, this.#store.setProfile({ ...rest, ...named, accountId, at }))
  }

  /** Replaces what the account's clients keep for themselves. Refuses 'settings_too_long', 'unknown_account'. */
  async setSettings(accountId: AccountId, settings: Settings): Promise<void> {
    const text = JSON.stringify(settings)
    if (Buffer.byteLength(text) > MAX_SETTINGS_BYTES)
      throw new ChatError('settings_too_long', { maxBytes: MAX_SETTINGS_BYTES })
    await publishTouched(this.#bus, this.#store.setSettings(accountId, text))
  }

  /** An empty object until they are set. */
  async settings(accountId: AccountId): Promise<Settings> {
    // Only `setSettings` writes them.
    return JSON.parse((await this.#store.findSettings(accountId)) ?? '{}') as Settings
  }

  async #displayName(accountId: AccountId, displayName: string | null): Promise<string> {
    if (displayName !== null) return newName(displayName, 'displayName')
    const account = await this.#store.find(accountId)
    if (!account) throw new ChatError('unknown_account', { accountId })
    return account.username
  }
}
