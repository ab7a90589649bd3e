/** One emoji, with all that it is found by. */
export interface Emoji {
  readonly character: string
  readonly name: string
  /** Its short name, which is written between colons. */
  readonly code: string
  /** In lower case: its short name's words first, then those of its name, then others. */
  readonly words: readonly string[]
}

export interface EmojiGroup {
  readonly name: string
  readonly emoji: readonly Emoji[]
}

/** The groups of a text that the build has made (`web/build/emoji.ts`). */
export function groupsOf(text: string): readonly EmojiGroup[] {
  const groups: { name: string; emoji: Emoji[] }[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('#') && !line.includes('\t')) groups.push({ name: line.slice(1), emoji: [] })
    else groups.at(-1)?.emoji.push(emojiOf(line))
  }
  return groups
}

function emojiOf(line: string): Emoji {
  const [character = '', name = '', code = '', others = ''] = line.split('\t')
  const words = [code, ...code.split('_'), ...wordsOf(name), ...wordsOf(others)]
  return { character, name, code, words: [...new Set(words)].filter(Boolean) }
}

const wordsOf = (text: string): readonly string[] => text.toLocaleLowerCase().split(/[\s,:&-]+/u)

/**
 * Those of whose words one begins with each word of the query. First the one of exactly that short name, then by how early the word
 * stands among the emoji's own, then in Unicode's order.
 */
export function findEmoji(all: readonly Emoji[], query: string, most: number): readonly Emoji[] {
  const wanted = query.toLocaleLowerCase().split(/\s+/u).filter(Boolean)
  if (wanted.length === 0) return []
  return all
    .flatMap((emoji) => {
      const ranks = wanted.map((word) => emoji.words.findIndex((own) => own.startsWith(word)))
      return ranks.includes(-1) ? [] : [{ emoji, rank: emoji.code === query ? -1 : Math.max(...ranks) }]
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji)
}
