import type { Micros } from '../../lib/clock.ts'
import type { Note, Staging } from '../../store/moving.ts'
import type { AccountIntake } from './account-intake.ts'
import type { FoundMessage } from './found.ts'
import { keptId, timeOf } from './kept.ts'
import { cleanText, cutText, MAX_BODY_BYTES } from './texts.ts'
import { microsOf } from './times.ts'

/** Characters of a text that is lost that a note has. */
const MAX_NOTED = 2_000

interface MessageIntakeParts {
  readonly staging: Staging
  readonly accounts: AccountIntake
  readonly now: Micros
  readonly note: (note: Note) => void
}

/** Takes messages. */
export class MessageIntake {
  readonly #parts: MessageIntakeParts
  #count = 0

  constructor(parts: MessageIntakeParts) {
    this.#parts = parts
  }

  /** How many were taken. */
  get count(): number {
    return this.#count
  }

  take(found: FoundMessage): void {
    const { staging, accounts, now, note } = this.#parts
    const { place, at, editedAt, id, order = '', ...rest } = found
    const body = cleanText(found.body)
    const why = this.#flawOf(found) ?? (body === '' ? 'it has no text' : undefined)
    if (why !== undefined) {
      note({ what: 'message', place, done: 'left out', why, before: found.body.slice(0, MAX_NOTED) })
      return
    }
    const sentAt = timeOf(at, now)
    if (at !== undefined && sentAt === undefined)
      note({ what: 'message', place, done: 'changed', why: 'it has no time, and gets the one of the move' })
    if (staging.accountId(found.senderKey) === undefined) accounts.addGone(found.senderKey, place)
    this.#count += 1
    const kept = this.#cut(found, body)
    staging.addMessage({
      ...rest,
      ...{ body: kept, order, id: id ?? null, at: sentAt ?? now },
      // Places are of the text as it was: those in what was cut off are none.
      mentions:
        body === found.body ? (found.mentions ?? []).filter((named) => named.at[1] <= kept.length) : [],
      editedAt: editedAt === undefined ? null : (microsOf(editedAt) ?? null),
    })
  }

  #flawOf({ conversationKey, key, id }: FoundMessage): string | undefined {
    const { staging } = this.#parts
    if (!staging.hasConversation(conversationKey)) return `its conversation ${conversationKey} is not there`
    if (staging.hasMessage(conversationKey, key)) return 'its id is there already'
    if (id !== undefined && keptId(id) === null) return 'its id is no whole number from 1 to 2^48'
    return undefined
  }

  #cut({ place, body }: FoundMessage, cleaned: string): string {
    const { kept, rest } = cutText(cleaned, MAX_BODY_BYTES)
    const what = { what: 'message', place, done: 'changed' } as const
    if (cleaned !== body) this.#parts.note({ ...what, why: 'NULs and half characters of the text are gone' })
    const why = `the text was longer than ${MAX_BODY_BYTES} bytes: what follows is cut off`
    if (rest !== '') this.#parts.note({ ...what, why, before: rest })
    return kept
  }
}
