import type { AccountId, ConversationId } from '../core/types.ts'
import { type Unit, unitsOf } from '../lib/words.ts'
import type { SearchTerm } from './port/search.ts'

// Entries of the index for messages, the same in both stores. Every word of a message is kept under its cell: the
// conversation, and a block of places in it. A search asks for words in cells of the account's own conversations. So
// it never touches an entry of another's, and one cell has a bounded number of hits, whatever the word.

/** Places of a conversation that make one cell. */
const CELL_PLACES = 4096

/** UTF-16 units of a word that are kept. Words that are the same so far are told apart by their messages' texts. */
const WORD_UNITS = 40

/** Some places of one conversation. */
export interface Cell {
  readonly conversationId: ConversationId
  readonly block: number
}

export const cellOf = ({ conversationId, seq }: Place): Cell => ({
  conversationId,
  block: Math.floor(seq / CELL_PLACES),
})

/** The lowest place of a cell. */
export const firstPlaceOf = ({ block }: Cell): number => block * CELL_PLACES

interface Place {
  readonly conversationId: ConversationId
  readonly seq: number
}

export interface Indexable extends Place {
  readonly senderId: AccountId
  readonly body: string
}

// No word has a '_' in it. Neither of a word's parts has anything that a query of FTS5 or a tsquery understands.
const prefixOf = ({ conversationId, block }: Cell): string =>
  `${conversationId.toString(36)}_${block.toString(36)}_`

const LINK = /\bhttps?:\/\/[^\s/]/iu

/** Everything by which a message is found. */
export function entriesOf({ senderId, body, ...place }: Indexable): readonly string[] {
  const prefix = prefixOf(cellOf(place))
  const units = unitsOf(body)
  const words = new Set(units.map((unit, i) => wordOf(unit, units[i + 1])))
  words.add(senderWord(senderId))
  if (LINK.test(body)) words.add(LINK_WORD)
  return [...words].map((word) => prefix + word)
}

const kept = (text: string): string => text.slice(0, WORD_UNITS).toWellFormed()

/** Characters are kept in pairs, and the last of several alone. */
const wordOf = (unit: Unit, next: Unit | undefined): string =>
  kept(unit.isCharacter && next?.isCharacter ? unit.folded + next.folded : unit.folded)

const senderWord = (senderId: AccountId): string => `_${senderId.toString(36)}`
const LINK_WORD = '_link'

/** The terms that find every message with that phrase, and some others. */
export function termsOf(units: readonly Unit[], isPrefix: boolean): readonly SearchTerm[] {
  return units.flatMap((unit, i): readonly SearchTerm[] => {
    const next = units[i + 1]
    // The pair with the character before it says the same.
    if (unit.isCharacter && !next?.isCharacter && units[i - 1]?.isCharacter) return []
    const word = wordOf(unit, next)
    // A character that stands alone here may be the first of a pair there.
    const isOpen = unit.isCharacter ? !next?.isCharacter : isPrefix && next === undefined
    return [{ word, isPrefix: isOpen && word === unit.folded }]
  })
}

export const senderTerm = (senderId: AccountId): SearchTerm => ({
  word: senderWord(senderId),
  isPrefix: false,
})
export const LINK_TERM: SearchTerm = { word: LINK_WORD, isPrefix: false }

/** A term as it stands in the index, under that cell. */
export const entryOf = (cell: Cell, { word }: SearchTerm): string => prefixOf(cell) + word
