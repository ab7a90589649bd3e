import type { Clock, Micros } from '../../lib/clock.ts'
import { isGid, newGid } from '../../lib/ids.ts'
import type { Passwords } from '../../lib/password.ts'
import type { Note, StagedReaction, Staging } from '../../store/moving.ts'
import { AccountIntake } from './account-intake.ts'
import type { FoundAccount, FoundConversation, FoundMember, FoundMessage } from './found.ts'
import { keptId, timeOf } from './kept.ts'
import { MessageIntake } from './message-intake.ts'
import { adoptedName, nameIn } from './names.ts'
import { cleanText, firstCharacters } from './texts.ts'
import { microsOf } from './times.ts'

/** Characters of a topic. */
const MAX_TOPIC = 250

interface IntakeParts {
  readonly staging: Staging
  /** Undefined where nothing is to be stored. */
  readonly passwords: Passwords | undefined
  readonly clock: Clock
}

/** Takes what a source has found, by the rules of what Parlance can keep, and notes whatever it changes or leaves out. */
export class Intake {
  readonly #staging: Staging
  readonly #accounts: AccountIntake
  readonly #messages: MessageIntake
  /** The moment of the move: what has no time gets it. */
  readonly now: Micros

  constructor({ staging, passwords, clock }: IntakeParts) {
    this.#staging = staging
    this.now = clock.nowMicros()
    const note = (noted: Note) => this.note(noted)
    this.#accounts = new AccountIntake({ staging, passwords, now: this.now, note })
    this.#messages = new MessageIntake({ staging, accounts: this.#accounts, now: this.now, note })
  }

  /** Messages that were taken. */
  get messages(): number {
    return this.#messages.count
  }

  /** At most 500 at a time: their passwords are hashed meanwhile. */
  accounts(found: readonly FoundAccount[]): Promise<void> {
    return this.#accounts.take(found)
  }

  hasAccount(key: string): boolean {
    return this.#staging.accountId(key) !== undefined
  }

  conversation(found: FoundConversation): void {
    const { place, key, id = null, kind, creatorKey = null, topic = null, isListed = false } = found
    if (this.hasConversation(key)) {
      this.note({ what: 'conversation', place, done: 'left out', why: 'its id is there already' })
      return
    }
    this.#staging.addConversation({
      ...{ key, id: keptId(id), kind, gid: this.#gid(found), name: this.#name(found), creatorKey, isListed },
      topic: topic ? firstCharacters(cleanText(topic), MAX_TOPIC) : null,
      createdAt: timeOf(found.createdAt, this.now) ?? this.now,
    })
  }

  /** Another key of a conversation that is there. One that begins with `/` is no id of the source. */
  alias(key: string, conversationKey: string): void {
    this.#staging.addAlias(key, conversationKey)
  }

  hasConversation(key: string): boolean {
    return this.#staging.hasConversation(key)
  }

  member({ place, conversationKey, accountKey, joinedAt, readAt }: FoundMember): void {
    const why = this.#lost({ conversationKey, accountKey })
    if (why !== undefined) {
      this.note({ what: 'member', place, done: 'left out', why })
      return
    }
    this.#staging.addMember({
      ...{ conversationKey, accountKey, joinedAt: timeOf(joinedAt, this.now) ?? this.now },
      ...(readAt !== undefined && { readAt: microsOf(readAt) ?? null }),
    })
  }

  message(found: FoundMessage): void {
    this.#messages.take(found)
  }

  reaction({ place, ...reaction }: StagedReaction & { readonly place: string }): void {
    const { conversationKey, messageKey } = reaction
    const why =
      this.#lost(reaction) ??
      (this.#staging.hasMessage(conversationKey, messageKey) ? undefined : 'its message is not there')
    if (why === undefined) this.#staging.addReaction(reaction)
    else this.note({ what: 'reaction', place, done: 'left out', why })
  }

  contact({
    place,
    accountKey,
    contactKey,
  }: {
    place: string
    accountKey: string
    contactKey: string
  }): void {
    const isThere = this.hasAccount(accountKey) && this.hasAccount(contactKey) && accountKey !== contactKey
    if (isThere) this.#staging.addContact({ accountKey, contactKey, at: this.now })
    else
      this.note({
        what: 'contact',
        place,
        done: 'left out',
        why: 'one of the two is not there, or both are one',
      })
  }

  /** The conversation that the account visited last. */
  current(accountKey: string, conversationKey: string): void {
    if (this.hasAccount(accountKey) && this.hasConversation(conversationKey))
      this.#staging.setCurrent(accountKey, conversationKey)
  }

  note(note: Note): void {
    const { before, after } = note
    this.#staging.note({
      ...note,
      ...(before !== undefined && { before: cleanText(before) }),
      ...(after !== undefined && { after: cleanText(after) }),
    })
  }

  #gid({ place, gid = null }: FoundConversation): string {
    if (gid !== null && isGid(gid) && this.#staging.isGidFree(gid)) return gid
    let after = newGid()
    while (!this.#staging.isGidFree(after)) after = newGid()
    const why = 'the gid is taken, or not of eight letters and digits'
    if (gid !== null) this.note({ what: 'conversation', place, done: 'changed', why, before: gid, after })
    return after
  }

  #name({ place, key, kind, name = null }: FoundConversation): string | null {
    if (name === null || name === '') return null
    const adopted = adoptedName(cleanText(name), {
      field: 'conversationName',
      otherwise: `conversation-${nameIn(key)}`,
      isFree: (free) => kind !== 'open' || this.#staging.isConversationNameFree(free),
    })
    const why = 'the name is taken, or none that Parlance allows'
    if (adopted !== name)
      this.note({ what: 'conversation', place, done: 'changed', why, before: name, after: adopted })
    return adopted
  }

  #lost({
    conversationKey,
    accountKey,
  }: {
    conversationKey: string
    accountKey: string
  }): string | undefined {
    if (!this.hasConversation(conversationKey)) return `its conversation ${conversationKey} is not there`
    return this.hasAccount(accountKey) ? undefined : `its account ${accountKey} is not there`
  }
}
