const FENCE = /^```\s*[\w+#.-]{0,30}\s*$/
/** The marks of quotes, lists and headings at the beginning of a line. */
const MARKS = /^\s{0,3}(?:(?:>|[-*•]\s|#{1,3}\s)\s*)+/
/** Characters that are looked at, and those that are shown at most. */
const [REACH, MOST] = [2_000, 300]

/** A text of several lines as one, without the marks that lines begin with. */
export const lineOf = (text: string): string =>
  text
    .slice(0, REACH)
    .split('\n')
    .filter((line) => !FENCE.test(line))
    .map((line) => line.replace(MARKS, ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MOST)
