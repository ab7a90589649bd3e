import type { Message } from '@parlance/client'
import type { ComponentChildren } from 'preact'
import { type Block, blocksOf } from './blocks.ts'
import { type Inline, inlines } from './inline.ts'
import { lineOf } from './line.ts'

interface MarkdownProps {
  readonly text: string
  readonly format: Message['format']
  /** Names that the server has found to be mentioned, with their at sign. */
  readonly mentions?: readonly string[]
}

/** The body of a message. */
export function Markdown({ text, format, mentions = [] }: MarkdownProps) {
  if (format === 'plain') return <p>{lines(text, mentions)}</p>
  return <>{blocksOf(text).map((block) => blockOf(block, mentions))}</>
}

const lines = (text: string, mentions: readonly string[]): ComponentChildren =>
  text.split('\n').map((line, index) => (
    <>
      {index > 0 && <br />}
      {linked(line).map((inline) => inlineOf(inline, mentions))}
    </>
  ))

/** Plain text has no marks, but its addresses can be followed. */
const linked = (line: string): readonly Inline[] => {
  const found: Inline[] = []
  let last = 0
  for (const { 0: href, index } of line.matchAll(/https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]]/g)) {
    found.push(
      { is: 'text', text: line.slice(last, index) },
      { is: 'link', href, children: [{ is: 'text', text: href }] },
    )
    last = index + href.length
  }
  return [...found, { is: 'text', text: line.slice(last) }]
}

function blockOf(block: Block, mentions: readonly string[]): ComponentChildren {
  switch (block.is) {
    case 'paragraph':
      return <p>{block.children.map((inline) => inlineOf(inline, mentions))}</p>
    case 'heading':
      return (
        <p>
          <strong>{block.children.map((inline) => inlineOf(inline, mentions))}</strong>
        </p>
      )
    case 'fence':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by keys
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return <blockquote>{block.blocks.map((inner) => blockOf(inner, mentions))}</blockquote>
    case 'list': {
      const items = block.items.map((item) => <li>{item.map((inline) => inlineOf(inline, mentions))}</li>)
      return block.isOrdered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>
    }
  }
}

function inlineOf(inline: Inline, mentions: readonly string[]): ComponentChildren {
  switch (inline.is) {
    case 'text':
      return withMentions(inline.text, mentions)
    case 'strong':
      return <strong>{inline.children.map((child) => inlineOf(child, mentions))}</strong>
    case 'em':
      return <em>{inline.children.map((child) => inlineOf(child, mentions))}</em>
    case 'strike':
      return <s>{inline.children.map((child) => inlineOf(child, mentions))}</s>
    case 'code':
      return <code>{inline.text}</code>
    case 'break':
      return <br />
    case 'link':
      return (
        <a href={inline.href} target="_blank" rel="noopener noreferrer nofollow">
          {inline.children.map((child) => inlineOf(child, mentions))}
        </a>
      )
  }
}

/** Marks names in a text where the server has found them: longest first, since one may begin like another. */
function withMentions(text: string, mentions: readonly string[]): ComponentChildren {
  const [first, ...others] = mentions
  if (first === undefined) return text
  return text.split(first).map((part, index) => (
    <>
      {index > 0 && <span class="mention">{first}</span>}
      {withMentions(part, others)}
    </>
  ))
}

/** One line without marks: for lists and quotes. */
export const oneLine = (text: string): string => flat(inlines(lineOf(text)))

const flat = (parts: readonly Inline[]): string =>
  parts.map((part) => ('text' in part ? part.text : 'children' in part ? flat(part.children) : ' ')).join('')
