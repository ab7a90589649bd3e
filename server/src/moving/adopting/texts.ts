/** Bytes of UTF-8 of a message at most: as many as `MAX_MESSAGE_BYTES` may allow. */
export const MAX_BODY_BYTES = 60_000

/** The text without NUL, and with U+FFFD for halves of surrogate pairs. */
export const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** The text's beginning of so many bytes of UTF-8 at most, which ends with a whole character, and what is left of it. */
export function cutText(text: string, maxBytes: number): { readonly kept: string; readonly rest: string } {
  if (Buffer.byteLength(text) <= maxBytes) return { kept: text, rest: '' }
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return { kept: text.slice(0, read), rest: text.slice(read) }
}

/** As `cutText`, counted in characters as people count them. */
export function firstCharacters(text: string, count: number): string {
  let end = 0
  for (let n = 0; n < count && end < text.length; n += 1) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return text.slice(0, end)
}
