import { type Bar, type Look, whisker } from './bar.ts'
import { element, line, text, widthOf } from './element.ts'

interface Entry {
  readonly sign: string
  readonly words: string
}

const dot = (name: string): string => element('circle', { class: name, cx: 6, cy: -4, r: 5 })

const durable: Entry = { sign: dot('peer'), words: 'on disk before it is acknowledged' }
const notDurable: Entry = { sign: dot('peer hollow peer-line'), words: 'not stored, or not synced' }
const goal: Entry = { sign: line('goal', 6, -11, 6, 3), words: 'goal' }
const spread: Entry = { sign: whisker(0, 12, -4), words: 'lowest to highest run' }
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
