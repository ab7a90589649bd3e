/** A piece of a line of text. */
export type Inline =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'strong' | 'em' | 'strike'; readonly children: readonly Inline[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly is: 'break' }

/** The nesting that is looked for; what is deeper stays text, so that no input costs more than its length. */
const MAX_DEPTH = 6

interface Rule {
  readonly pattern: RegExp
  readonly make: (match: RegExpExecArray, depth: number) => Inline | undefined
}

const URL_TEXT = String.raw`https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]*_~]`

// Sticky: each is tried at one place of the text. None can match in two ways, so none looks back far.
const RULES: readonly Rule[] = [
  {
    pattern: /``((?:[^`\n]|`(?!`)){1,2000})``|`([^`\n]{1,2000})`/y,
    make: ([, two, one]) => ({ is: 'code', text: (two ?? one ?? '').trim() }),
  },
  {
    pattern: /\*\*(?=\S)([^\n]{1,2000}?\S)\*\*/y,
    make: ([, text = ''], depth) => ({ is: 'strong', children: inlines(text, depth + 1) }),
  },
  {
    pattern: /~~(?=\S)([^\n]{1,2000}?\S)~~/y,
    make: ([, text = ''], depth) => ({ is: 'strike', children: inlines(text, depth + 1) }),
  },
  {
    pattern: /\*(?=[^\s*])([^*\n]{1,2000}?[^\s*]|[^\s*])\*(?!\*)/y,
    make: ([, text = ''], depth) => ({ is: 'em', children: inlines(text, depth + 1) }),
  },
  {
    pattern: /(?<![\p{L}\p{N}_])_(?=[^\s_])([^_\n]{0,1999}[^\s_])_(?![\p{L}\p{N}_])/uy,
    make: ([, text = ''], depth) => ({ is: 'em', children: inlines(text, depth + 1) }),
  },
  {
    pattern: /\[([^\]\n]{1,500})\]\((https?:\/\/[^\s()<>]{1,2000}|mailto:[^\s()<>]{1,300})\)/y,
    make: ([, text = '', href = ''], depth) => ({ is: 'link', href, children: inlines(text, depth + 1) }),
  },
  {
    pattern: new RegExp(`(?<![\\p{L}\\p{N}])${URL_TEXT}`, 'uy'),
    make: ([href]) => ({ is: 'link', href, children: [{ is: 'text', text: href }] }),
  },
  { pattern: /\n/y, make: () => ({ is: 'break' }) },
  { pattern: /\\([\\`*_~[\]()#>-])/y, make: ([, text = '']) => ({ is: 'text', text }) },
]

/** Characters at which a rule may begin: all others are passed over without trying one. */
const BEGINS = /[`*~_[\nh\\]/

export function inlines(text: string, depth = 0): readonly Inline[] {
  if (depth > MAX_DEPTH) return [{ is: 'text', text }]
  const found: Inline[] = []
  let plainFrom = 0
  const endPlain = (to: number) => {
    if (to > plainFrom) found.push({ is: 'text', text: text.slice(plainFrom, to) })
  }
  for (let at = 0; at < text.length; ) {
    const hit = BEGINS.test(text[at] ?? '') ? ruleAt(text, at, depth) : undefined
    if (!hit) {
      at++
      continue
    }
    endPlain(at)
    found.push(hit.inline)
    at += hit.length
    plainFrom = at
  }
  endPlain(text.length)
  return found
}

function ruleAt(text: string, at: number, depth: number): { inline: Inline; length: number } | undefined {
  for (const { pattern, make } of RULES) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    const inline = match && make(match, depth)
    if (match && inline) return { inline, length: match[0].length }
  }
  return undefined
}
