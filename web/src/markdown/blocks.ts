import { type Inline, inlines } from './inline.ts'

/** A paragraph, list, quote or the like of a message. */
export type Block =
  | { readonly is: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly is: 'heading'; readonly children: readonly Inline[] }
  | { readonly is: 'fence'; readonly text: string; readonly language: string }
  | { readonly is: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly is: 'list'
      readonly isOrdered: boolean
      readonly start: number
      readonly items: readonly (readonly Inline[])[]
    }

const FENCE = /^```\s*([\w+#.-]{0,30})\s*$/
const QUOTE = /^>\s?/
const BULLET = /^\s{0,3}[-*•]\s+/
const NUMBER = /^\s{0,3}(\d{1,9})[.)]\s+/
const HEADING = /^#{1,3}\s+/
const MAX_QUOTES = 4

/** The text's structure. It is never HTML, so nothing that anybody writes can become a part of the page. */
export const blocksOf = (text: string): readonly Block[] =>
  parse(text.replaceAll('\r\n', '\n').split('\n'), 0)

function parse(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    const read = line.trim() === '' ? 1 : readBlock(lines, at, { blocks, depth })
    at += read
  }
  return blocks
}

/** Adds the block that begins on that line, and answers how many lines it has. */
function readBlock(
  lines: readonly string[],
  at: number,
  { blocks, depth }: { blocks: Block[]; depth: number },
): number {
  const line = lines[at] ?? ''
  const fence = FENCE.exec(line)
  if (fence) {
    const end = lines.findIndex((other, index) => index > at && /^```\s*$/.test(other))
    const to = end < 0 ? lines.length : end
    blocks.push({ is: 'fence', text: lines.slice(at + 1, to).join('\n'), language: fence[1] ?? '' })
    return to - at + 1
  }
  if (QUOTE.test(line) && depth < MAX_QUOTES) {
    const quoted = runOf(lines, at, (other) => QUOTE.test(other))
    blocks.push({
      is: 'quote',
      blocks: parse(
        quoted.map((other) => other.replace(QUOTE, '')),
        depth + 1,
      ),
    })
    return quoted.length
  }
  for (const marker of [BULLET, NUMBER]) {
    if (!marker.test(line)) continue
    const items = runOf(lines, at, (other) => marker.test(other))
    const start = Number(NUMBER.exec(line)?.[1] ?? 1)
    blocks.push({
      is: 'list',
      isOrdered: marker === NUMBER,
      start,
      items: items.map((other) => inlines(other.replace(marker, ''))),
    })
    return items.length
  }
  if (HEADING.test(line)) {
    blocks.push({ is: 'heading', children: inlines(line.replace(HEADING, '')) })
    return 1
  }
  const paragraph = runOf(lines, at, (other, index) => index === at || !beginsBlock(other, depth))
  blocks.push({ is: 'paragraph', children: inlines(paragraph.join('\n')) })
  return paragraph.length
}

const beginsBlock = (line: string, depth: number): boolean =>
  line.trim() === '' ||
  FENCE.test(line) ||
  (QUOTE.test(line) && depth < MAX_QUOTES) ||
  BULLET.test(line) ||
  NUMBER.test(line) ||
  HEADING.test(line)

function runOf(
  lines: readonly string[],
  from: number,
  isIn: (line: string, index: number) => boolean,
): readonly string[] {
  let to = from
  while (to < lines.length && isIn(lines[to] ?? '', to)) to++
  return lines.slice(from, to)
}
