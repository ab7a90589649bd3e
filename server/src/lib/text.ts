/** Text the store and every dialect can carry: no NUL (C strings end there), no lone surrogate (not UTF-8). */
export const isCleanText = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** The length people mean: Unicode code points, not UTF-16 units. */
export function codePointLength(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      length--
      i++
    }
  }
  return length
}

/** Only marks compose, and U+0300 is the first of them: what is below also has no surrogates. */
const MAY_COMPOSE = /[\u0300-\uffff]/

/** The same, of the composed form: a letter and its accent are one, whichever way the client's keyboard writes them. */
export function composedLength(text: string): number {
  if (!MAY_COMPOSE.test(text)) return text.length
  const length = codePointLength(text)
  // A composition can also be longer (Unicode's composition exclusions): nobody is refused for that.
  return Math.min(length, codePointLength(text.normalize('NFC')))
}

/** The same JSON in ASCII: only its strings can have other characters, which are escaped. */
export const asciiJson = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
