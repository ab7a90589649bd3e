import { element } from './element.ts'

/** Shapes as well as colours, for those who do not tell the colours apart. */
const shapes: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z`,
  (x, y) => `M${x - 4} ${y - 4}h8v8h-8Z`,
  (x, y) => `M${x} ${y - 6}l6 6l-6 6l-6 -6Z`,
  (x, y) => `M${x} ${y - 5.5}l5.5 9.5h-11Z`,
  (x, y) => `M${x} ${y + 5.5}l5.5 -9.5h-11Z`,
  (x, y) => `M${x - 1.7} ${y - 5}h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3Z`,
]

/** The point of a line chart's nth line. */
export const marker = (n: number, x: number, y: number): string =>
  element('path', {
    class: `s${n}`,
    d: shapes[n % shapes.length]?.(round(x), round(y)),
  })

const round = (value: number): number => Math.round(value * 10) / 10
