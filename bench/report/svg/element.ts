type Attributes = Readonly<Record<string, string | number>>

/** One element of SVG. Children are markup already; use `text` for words. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`
}

export const text = (attributes: Attributes, words: string): string =>
  element('text', attributes, escapeXml(words))

export const escapeXml = (words: string): string =>
  words.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)

/** About how wide words are, for fonts differ: better too wide than cut off. */
export const widthOf = (words: string, fontSize: number): number => words.length * fontSize * 0.53

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
