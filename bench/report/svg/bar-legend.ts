import type { Bar, Look } from './bars.ts'
import { element, text, widthOf } from './element.ts'
import { ink } from './inks.ts'

interface Entry {
  readonly sign: string
  readonly words: string
}

const circle = { fill: ink('peer'), cx: 6, cy: -4, r: 5 }
const hollow = { stroke: ink('peer'), 'stroke-width': 1.5, 'fill-opacity': 0.12 }
const stroke = (d: string, width: number, rest = {}): string =>
  element('path', { d, fill: 'none', stroke: ink('strong'), 'stroke-width': width, ...rest })

const durable: Entry = { sign: element('circle', circle), words: 'on disk before it is acknowledged' }
const notDurable: Entry = {
  sign: element('circle', { ...circle, ...hollow }),
  words: 'not stored, or not synced',
}
const goal: Entry = { sign: stroke('M6 -11V3', 2, { 'stroke-dasharray': '2 2' }), words: 'goal' }
const spread: Entry = {
  sign: stroke('M0 -4H12M0 -8V0M12 -8V0', 1.5, { 'stroke-opacity': 0.6 }),
  words: 'lowest to highest run',
}
const note = (words: string): Entry => ({ sign: text({ class: 'muted', x: 2, y: 0 }, '×'), words })

/** Explains only what is there. */
export function barLegend(looks: readonly Look[], bars: readonly Bar[], noteWords: string): readonly Entry[] {
  const isMixed = new Set(looks.map(({ isDurable }) => isDurable)).size > 1
  return [
    ...(isMixed ? [durable, notDurable] : []),
    ...(bars.some((bar) => bar.goal !== undefined) ? [goal] : []),
    ...(bars.some((bar) => bar.spread.runs > 1) ? [spread] : []),
    ...(bars.some((bar) => bar.note) ? [note(noteWords)] : []),
  ]
}

export function drawLegend(entries: readonly Entry[], y: number): string {
  let x = 0
  return entries
    .map(({ sign, words }) => {
      const place = { transform: `translate(${Math.round(x)} ${Math.round(y)})` }
      x += widthOf(words, 12) + 36
      return element('g', place, sign, text({ class: 'muted small', x: 19, y: 0 }, words))
    })
    .join('')
}
