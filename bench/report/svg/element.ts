type Attributes = Readonly<Record<string, string | number | undefined>>

/** One element of SVG. Children are markup already; use `text` for words. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escapeXml(String(value))}"`,
    )
    .join('')
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`
}

export const text = (attributes: Attributes, words: string): string =>
  element('text', attributes, escapeXml(words))

/** Words among others in a `text`. */
export const span = (attributes: Attributes, words: string): string =>
  element('tspan', attributes, escapeXml(words))

export const group = (...children: readonly string[]): string => element('g', {}, ...children, '\n')

export const line = (name: string, x1: number, y1: number, x2: number, y2: number): string =>
  element('line', { class: name, x1, y1, x2, y2 })

export const escapeXml = (words: string): string =>
  words.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)

/** About how wide words are, for fonts differ: better too wide than cut off. */
export const widthOf = (words: string, fontSize: number): number => words.length * fontSize * 0.53

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const rounded = (value: number): string => String(Math.round(value * 10) / 10)
