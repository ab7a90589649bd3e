import { element, escapeXml, text } from './element.ts'
import { style } from './style.ts'

/** About as wide as a page of Markdown shows it. */
export const WIDTH = 800

/** Where a chart begins, under its title. */
export const TOP = 64

export interface Words {
  readonly title: string
  readonly subtitle: string
  /** Says what can be seen, for whom it is read out to. */
  readonly description: string
}

/** A picture on no ground of its own, for light pages and dark ones. */
export function drawing(
  { title, subtitle, description }: Words,
  height: number,
  body: readonly string[],
): string {
  const size = { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}` }
  const named = { role: 'img', 'aria-labelledby': 'title description' }
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...size, ...named },
    element('title', { id: 'title' }, escapeXml(title)),
    element('desc', { id: 'description' }, escapeXml(description)),
    element('style', {}, style),
    text({ class: 'title', x: 0, y: 18 }, title),
    text({ class: 'muted', x: 0, y: 39 }, subtitle),
    '\n',
    ...body,
  )}\n`
}
