import { nameFault } from '../../core/chat.ts'
import { firstCharacters } from './texts.ts'

type NameField = 'username' | 'displayName' | 'conversationName'

/** Characters that the longest dialect takes. */
const MAX_NAME_CHARACTERS = 255
const OUTER_BLANKS = /^\s+|\s+$/gu
/** Characters that nobody sees: a name of another program may hold them, one of Parlance must not. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

interface Naming {
  readonly field: NameField
  /** Taken where nothing is left of the name: a name of Parlance, and free with a number behind it. */
  readonly otherwise: string
  readonly isFree: (name: string) => boolean
}

/**
 * The name under which something is taken over. As it was, where it may be; else without blanks at its ends and what
 * nobody sees; else what `otherwise` says. One that is taken gets the next number behind it, from `-2` on.
 */
export function adoptedName(name: string, { field, otherwise, isFree }: Naming): string {
  const isAllowed = (text: string) =>
    nameFault(text, field) === undefined && !(field === 'username' && /^deleted-/i.test(text))
  const trimmed = firstCharacters(name.replace(OUTER_BLANKS, ''), MAX_NAME_CHARACTERS)
  const seen = trimmed.replace(UNSEEN, '').replace(OUTER_BLANKS, '')
  const base = [trimmed, seen].find((text) => text !== '' && isAllowed(text)) ?? otherwise
  if (isFree(base)) return base
  const stem = firstCharacters(base, MAX_NAME_CHARACTERS - 8)
  for (let number = 2; ; number += 1) {
    const numbered = `${stem}-${number}`
    if (isFree(numbered)) return numbered
  }
}

/** The part of a key that may stand in a name. */
export const nameIn = (key: string): string => firstCharacters(key.replace(/[^A-Za-z0-9]+/g, ''), 32) || 'x'
