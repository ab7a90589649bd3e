/** UTF-16 units of a file's name; more are cut off before its extension. */
const MAX_LENGTH = 200
const MAX_EXTENSION = 20

/** Controls, breaks of lines, what turns the direction of text, and what is not seen. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu

/** A file's name as all may show it: one line, without a path, whatever its client has sent. */
export function cleanFileName(text: string): string {
  const last = text.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const shown = last.replaceAll(/\s+/gu, ' ').replaceAll(UNSHOWN, '').trim()
  // Names of folders are no names of files.
  const name = /^\.*$/.test(shown) ? 'file' : shown
  if (name.length <= MAX_LENGTH) return name
  const extension = /\.[^.\s]+$/.exec(name)?.[0] ?? ''
  const kept = extension.length <= MAX_EXTENSION ? extension : ''
  return (
    name
      .slice(0, MAX_LENGTH - kept.length)
      .toWellFormed()
      .replace(/\ufffd$/, '') + kept
  )
}
