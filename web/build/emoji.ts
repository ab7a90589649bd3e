import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const require = createRequire(import.meta.url)
const PREFIX = 'virtual:emoji/'
/** Emoji of later versions of Unicode are empty boxes on the phones of many. */
const NEWEST = 15
/** Words of one emoji, the most telling first: more of them find what nobody looked for. */
const MOST_WORDS = 8

interface Entry {
  readonly emoji: string
  readonly label: string
  readonly hexcode: string
  readonly version: number
  readonly order?: number
  readonly group?: number
  readonly tags?: readonly string[]
}
interface Names {
  readonly groups: readonly { readonly order: number; readonly message: string }[]
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(require.resolve(`emojibase-data/${path}.json`), 'utf8'))

/**
 * `virtual:emoji/<language>`: all emoji as one text, since a browser reads a text faster than it runs a list. A line that begins
 * with `#` names a group; another is an emoji, its name, its code between colons, and its other words, with tabs between.
 */
export function emojiText(language: string): string {
  // The data's own types name fields that are not used here.
  const entries = read(`${language}/data`) as readonly Entry[]
  const codes = read('en/shortcodes/github') as Readonly<Record<string, string | readonly string[]>>
  const { groups } = read(`${language}/messages`) as Names
  const isShown = ({ group, version }: Entry) => group !== undefined && group !== 2 && version < NEWEST + 1
  const shown = entries.filter(isShown).sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
  return groups
    .toSorted((a, b) => a.order - b.order)
    .flatMap(({ order, message }) => {
      const lines = shown.filter(({ group }) => group === order).map((entry) => lineOf(entry, codes))
      return lines.length === 0 ? [] : [`#${capitalised(message)}`, ...lines]
    })
    .join('\n')
}

function lineOf(
  { emoji, label, hexcode, tags = [] }: Entry,
  codes: Readonly<Record<string, string | readonly string[]>>,
): string {
  const own = [codes[hexcode] ?? label.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_')].flat()
  const known = new Set([
    own[0],
    ...(own[0]?.split('_') ?? []),
    ...label.toLowerCase().split(/[^\p{L}\p{N}]+/u),
  ])
  const words = [...own.slice(1), ...tags].filter((word) => !word.includes(' ') && !known.has(word))
  return [written(emoji), label, own[0], words.slice(0, MOST_WORDS).join(' ')].join('\t')
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** As keyboards write it, so that the same reaction of two people is one: what is an emoji of itself is not told to be one. */
const written = (emoji: string): string => emoji.replaceAll(/(\p{Emoji_Presentation})\ufe0f/gu, '$1')

export const emojiPlugin = (): Plugin => ({
  name: 'emoji',
  resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
  load: (id) =>
    id.startsWith(`\0${PREFIX}`)
      ? `export default ${JSON.stringify(emojiText(id.slice(PREFIX.length + 1)))}`
      : undefined,
})
