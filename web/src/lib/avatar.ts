/** Twelve hues that also people with a colour vision deficiency tell apart, in the order of their use. */
const HUES = [262, 25, 150, 330, 80, 200, 0, 120, 290, 50, 175, 230] as const

/** The hue of an account's colour: the same on every device. */
export function hueOf(id: string): number {
  const number = Number(id.slice(id.indexOf('_') + 1))
  return HUES[(Number.isFinite(number) ? number : 0) % HUES.length] ?? HUES[0]
}

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const firstOf = (word: string): string => [...segments.segment(word)][0]?.segment ?? ''

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean)
  const [first = '?', ...others] = words
  const last = others.at(-1)
  return (firstOf(first) + (last ? firstOf(last) : '')).toLocaleUpperCase()
}
