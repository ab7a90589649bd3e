import { type PlotOptions, plot } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { element, escapeXml, text } from './element.ts'
import { type Ground, styleOn } from './inks.ts'

/** About as wide as a page of Markdown shows it. */
export const WIDTH = 800

/** Where a chart begins, under its title. */
export const TOP = 64

export interface Words {
  readonly title: string
  readonly subtitle: string
  /** A description of the picture, for screen readers. */
  readonly description: string
}

/** A picture, drawn for the ground that it is shown on. */
export type Drawing = (ground: Ground) => string

/** A picture on no ground of its own. */
export const drawing =
  ({ title, subtitle, description }: Words, height: number, body: readonly string[]): Drawing =>
  (ground) => {
    const size = { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}` }
    const named = { role: 'img', 'aria-labelledby': 'title description' }
    const written = element(
      'svg',
      { xmlns: 'http://www.w3.org/2000/svg', ...size, ...named },
      element('title', { id: 'title' }, escapeXml(title)),
      element('desc', { id: 'description' }, escapeXml(description)),
      element('style', {}, styleOn(ground)),
      text({ class: 'title', x: 0, y: 18 }, title),
      text({ class: 'muted', x: 0, y: 39 }, subtitle),
      ...body.map((part) => `\n${part}`),
    )
    return `${inHundredths(written)}\n`
  }

/** Plot's drawing as a group that is as wide as the picture; its margins place it there. */
export function plotted(options: PlotOptions & { readonly height: number }): string {
  const { document } = parseHTML('<html></html>')
  const svg = plot({ ...options, document, width: WIDTH })
  svg.querySelector('style')?.remove()
  return element('g', { 'text-anchor': 'middle' }, svg.innerHTML.replaceAll('<g', '\n<g'))
}

/** Attributes in hundredths of a pixel: the last digits of a logarithm differ from one runtime to another. */
const inHundredths = (svg: string): string =>
  svg.replace(/="[^"]*"/g, (attribute) =>
    attribute.replace(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2)))),
  )
