import type { Micros } from '../../lib/clock.ts'
import { newUuid } from '../../lib/ids.ts'
import type { Passwords } from '../../lib/password.ts'
import type { Note, Staging } from '../../store/moving.ts'
import type { FoundAccount } from './found.ts'
import { keptId, timeOf } from './kept.ts'
import { adoptedName, nameIn } from './names.ts'
import { type AdoptedPassword, adoptPassword } from './passwords.ts'
import { cleanText, firstCharacters } from './texts.ts'

/** Characters of a messenger's bio. */
const MAX_BIO = 64
const MAX_EMAIL = 255

interface AccountIntakeParts {
  readonly staging: Staging
  /** Undefined where nothing is to be stored. */
  readonly passwords: Passwords | undefined
  readonly now: Micros
  readonly note: (note: Note) => void
}

/** Takes people. */
export class AccountIntake {
  readonly #parts: AccountIntakeParts

  constructor(parts: AccountIntakeParts) {
    this.#parts = parts
  }

  /** At most 500 at a time: their passwords are hashed meanwhile. */
  async take(found: readonly FoundAccount[]): Promise<void> {
    const { passwords } = this.#parts
    const adopted = await Promise.all(
      found.map(({ password }) => (password ? adoptPassword(password, passwords) : { stored: null })),
    )
    for (const [n, account] of found.entries()) this.#add(account, adopted[n] ?? { stored: null })
  }

  /** Adds somebody who has written and is not there any more: nobody can log in as them. */
  addGone(key: string, place: string): void {
    const username = `gone-${nameIn(key)}`
    this.#parts.note({
      ...{ what: 'account', place, done: 'changed', after: username },
      why: `its sender ${key} is not there: a disabled account stands for them`,
    })
    const id = /^\d{1,15}$/.test(key) ? Number(key) : null
    this.#add({ place, key, id, username, isDisabled: true }, { stored: null })
  }

  #add(found: FoundAccount, password: AdoptedPassword): void {
    const { staging, now, note } = this.#parts
    const { place, key, id = null, isGuest = false, isDisabled = false, bio = null } = found
    if (staging.accountId(key) !== undefined) {
      note({ what: 'account', place, done: 'left out', why: 'its id is there already' })
      return
    }
    if ('lost' in password)
      note({
        ...{ what: 'account', place, done: 'changed' },
        why: `its password is not taken over, because ${password.lost}: give it one by "parlance accounts reset-password"`,
      })
    const username = this.#username(found)
    const createdAt = timeOf(found.createdAt, now) ?? now
    staging.addAccount({
      ...{ key, id: keptId(id), username, isGuest, email: this.#email(found), createdAt },
      uuid: this.#uuid(found),
      displayName: this.#displayName(found, username),
      emailConfirmed: found.emailConfirmed ?? false,
      bio: bio === null ? null : firstCharacters(cleanText(bio), MAX_BIO),
      passwordHash: 'lost' in password ? null : password.stored,
      disabledAt: isDisabled ? now : null,
      // Guests' names are free again some time after this.
      lastSeenAt: isGuest ? now : Math.max(createdAt, timeOf(found.lastSeenAt, now) ?? createdAt),
    })
  }

  #username({ place, key, username }: FoundAccount): string {
    const adopted = adoptedName(cleanText(username), {
      field: 'username',
      otherwise: `user-${nameIn(key)}`,
      isFree: (name) => this.#parts.staging.isUsernameFree(name),
    })
    if (adopted !== username)
      this.#parts.note({
        ...{ what: 'account', place, done: 'changed', before: username, after: adopted },
        why: 'the username is taken, or none that Parlance allows',
      })
    return adopted
  }

  #displayName({ place, displayName }: FoundAccount, username: string): string {
    if (displayName === undefined || displayName === null || displayName === '') return username
    const adopted = adoptedName(cleanText(displayName), {
      field: 'displayName',
      otherwise: username,
      isFree: () => true,
    })
    if (adopted !== displayName)
      this.#parts.note({
        ...{ what: 'account', place, done: 'changed', before: displayName, after: adopted },
        why: 'the display name is none that Parlance allows',
      })
    return adopted
  }

  #email({ place, email = null }: FoundAccount): string | null {
    if (email === null || email === '') return null
    const isUsable = email.length <= MAX_EMAIL && cleanText(email) === email
    if (isUsable && this.#parts.staging.isEmailFree(email)) return email
    const why = isUsable ? 'the email is that of another account' : 'the email is none'
    this.#parts.note({ what: 'account', place, done: 'changed', why, before: email })
    return null
  }

  #uuid({ place, uuid = null }: FoundAccount): string {
    if (uuid === null) return newUuid()
    if (/^[!-~]{8,64}$/.test(uuid) && this.#parts.staging.isUuidFree(uuid)) return uuid
    const after = newUuid()
    const why = 'the uuid is that of another account, or none'
    this.#parts.note({ what: 'account', place, done: 'changed', why, before: uuid, after })
    return after
  }
}
