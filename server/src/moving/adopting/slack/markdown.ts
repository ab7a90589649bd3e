/** Usernames by the ids that a text of Slack's names people by. */
interface Names {
  username(key: string): string | undefined
}

interface Converted {
  readonly text: string
  /** Keys of accounts, null for everybody, and where they stand. */
  readonly mentions: readonly { readonly key: string | null; readonly at: readonly [number, number] }[]
}

const MAX_MENTIONS = 50
/** A code block or span, or anything between angle brackets. */
const TOKENS = /```[\s\S]*?```|`[^`\n]+`|<([^<>\n]*)>/g

/** Slack's own marks as Markdown, with what its angle brackets and entities stand for. */
export function markdownOf(text: string, names: Names): Converted {
  const mentions: Converted['mentions'][number][] = []
  let out = ''
  let end = 0
  for (const token of text.matchAll(TOKENS)) {
    out += styled(text.slice(end, token.index))
    end = token.index + token[0].length
    const inner = token[1]
    if (inner === undefined) {
      out += plain(token[0].replace(/<([^<>|\n]*)(?:\|[^<>\n]*)?>/g, '$1'))
      continue
    }
    const { shown, key } = referenceOf(inner, names)
    const isNamed = key !== undefined && mentions.length < MAX_MENTIONS
    if (isNamed) mentions.push({ key, at: [out.length, out.length + shown.length] })
    out += shown
  }
  return { text: out + styled(text.slice(end)), mentions }
}

const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

/** `*bold*` and `~struck~` have one mark in Slack and two in Markdown; `_italic_` is the same in both. */
const styled = (text: string): string =>
  plain(text)
    .replace(/(?<![\w*])\*(?=\S)([^*\n]*[^\s*])\*(?![\w*])/g, '**$1**')
    .replace(/(?<![\w~])~(?=\S)([^~\n]*[^\s~])~(?![\w~])/g, '~~$1~~')

function referenceOf(inner: string, names: Names): { readonly shown: string; readonly key?: string | null } {
  const [target = '', ...labels] = inner.split('|')
  const label = plain(labels.join('|'))
  if (target.startsWith('@')) {
    const key = target.slice(1)
    const username = names.username(key)
    return username === undefined ? { shown: `@${label || key}` } : { shown: `@${username}`, key }
  }
  if (target.startsWith('#')) return { shown: `#${label || target.slice(1)}` }
  if (/^!(here|channel|everyone)$/.test(target)) return { shown: '@all', key: null }
  if (target.startsWith('!')) return { shown: label || target.slice(1) }
  const address = plain(target)
  return {
    shown: label === '' || label === address ? address : `[${label.replace(/[[\]]/g, '\\$&')}](${address})`,
  }
}
