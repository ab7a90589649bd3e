import { LOOK_ALIKES } from './look-alikes.ts'

/**
 * UTF-16 units. No dialect lets a name be so long; a longer text is nobody's, and is not put in any form, because
 * sorting an endless run of accents takes seconds.
 */
const LONGEST = 1024

/** Composed and in small letters: two names that differ in case or composition alone have one key. */
export const nameKey = (name: string): string =>
  name.length > LONGEST ? name : name.normalize('NFKC').toLowerCase()

/** Of such a key all forms are itself. */
const PLAIN = /^[!-~]*$/
/** What cannot be seen, wherever it stands. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const BLANKS = /[\p{Z}\p{Cc}\u2800]+/gu
/** A dot upon a letter that has one already: İ in small letters. */
const SECOND_DOT = /(?<=[ij]\p{M}*)\u0307/gu

/**
 * The form in which names are compared, a function of the key: Unicode's compatibility form and case folding, without
 * what cannot be seen, every run of blanks one space. Names that fold alike are one name.
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
 * What the folded name looks like, letters of other scripts taken for those of ASCII that they look like: "аӏісе" in
 * Cyrillic is "alice". New names are told apart by it; it finds nobody. Empty when there is nothing to see.
 */
export function nameLook(name: string): string {
  const folded = foldedName(name)
  if (PLAIN.test(folded)) return folded
  const letters = [...folded.normalize('NFD')].map((letter) => LOOK_ALIKES.get(letter) ?? letter)
  return letters.join('').normalize('NFC')
}
