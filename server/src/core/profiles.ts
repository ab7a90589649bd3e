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

  /** Does both, or refuses what either of them refuses and, unless the store fails between them, does nothing. */
  async change(accountId: AccountId, profile: NewProfile, settings: Settings | undefined): Promise<void> {
    if (settings) textOf(settings)
    if (Object.keys(profile).length > 0) await this.set(accountId, profile)
    if (settings) await this.setSettings(accountId, settings)
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
    await publishTouched(this.#bus, this.#store.setSettings(accountId, textOf(settings)))
  }

  /** An empty object until they are set. */
  async settings(accountId: AccountId): Promise<Settings> {
    // Only `setSettings` writes them.
    return JSON.parse((await this.#store.findSettings(accountId)) ?? '{}') as Settings
  }

  /** Whether others may learn how far the account has read: unless its setting `receipts` is false. */
  async tellsReceipts(accountId: AccountId): Promise<boolean> {
    return (await this.settings(accountId)).receipts !== false
  }

  async #displayName(accountId: AccountId, displayName: string | null): Promise<string> {
    if (displayName !== null) return newName(displayName, 'displayName')
    const account = await this.#store.find(accountId)
    if (!account) throw new ChatError('unknown_account', { accountId })
    return account.username
  }
}

/** Refuses 'settings_too_long'. */
function textOf(settings: Settings): string {
  const text = JSON.stringify(settings)
  if (Buffer.byteLength(text) > MAX_SETTINGS_BYTES)
    throw new ChatError('settings_too_long', { maxBytes: MAX_SETTINGS_BYTES })
  return text
}
