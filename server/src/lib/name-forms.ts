import { LOOK_ALIKES } from './look-alikes.ts'

/**
 * UTF-16 units; no dialect allows so long a name. A longer text names nobody and stays as it is, because sorting an
 * endless run of accents takes seconds.
 */
const LONGEST = 1024

/** Composed and in small letters: two names that differ in case or composition alone have one key. */
export const nameKey = (name: string): string =>
  name.length > LONGEST ? name : name.normalize('NFKC').toLowerCase()

/** Keys in printable ASCII: all their forms are the key itself. */
const PLAIN = /^[!-~]*$/
/** Characters that cannot be seen, wherever they stand. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const BLANKS = /[\p{Z}\p{Cc}\u2800]+/gu
/** A dot above a letter that has one already, as in the small form of İ. */
const SECOND_DOT = /(?<=[ij]\p{M}*)\u0307/gu

/**
 * The form in which names are compared, a function of the key: Unicode's compatibility form and case folding, without
 * characters that cannot be seen, every run of blanks one space. Names that fold alike are one name.
 */
export function foldedName(name: string): string {
  const key = nameKey(name)
  if (key.length > LONGEST || PLAIN.test(key)) return key
  // Through capitals, so that ß is ss and ς is σ, as Unicode's case folding has them.
  const folded = key.replace(UNSEEN, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  const dotted = folded.normalize('NFKD').replace(SECOND_DOT, '').normalize('NFKC')
  return dotted.replace(BLANKS, ' ').trim()
}

export const isSameName = (one: string, other: string): boolean => foldedName(one) === foldedName(other)

/**
 * The look of the folded name: letters of other scripts become the ASCII letters that they look like, so "аӏісе" in
 * Cyrillic is "alice". A new name must differ in it; nobody is found by it alone. Empty when nothing can be seen.
 */
export function nameLook(name: string): string {
  const folded = foldedName(name)
  if (PLAIN.test(folded)) return folded
  const letters = [...folded.normalize('NFD')].map((letter) => LOOK_ALIKES.get(letter) ?? letter)
  return letters.join('').normalize('NFC')
}
