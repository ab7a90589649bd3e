/** A colour on light ground, and on dark. */
type Ink = readonly [light: string, dark: string]

/** The lines of one chart. The first is Parlance's, wherever others are beside it. */
const LINES: readonly Ink[] = [
  ['#5b4fd6', '#9d95ff'],
  ['#d97706', '#f0a63c'],
  ['#0e8a9c', '#3bc3d6'],
  ['#c2257a', '#f472b6'],
  ['#4d7c0f', '#a3d154'],
  ['#9a5b33', '#d9a066'],
  ['#2563c9', '#6cb0ff'],
  ['#6b7280', '#9ca3af'],
]

const NAMED = {
  strong: ['#1f2328', '#e6edf3'],
  muted: ['#656d76', '#8d96a0'],
  grid: ['#d0d7de', '#30363d'],
  parlance: ['#5b4fd6', '#9d95ff'],
  peer: ['#8c959f', '#7d8590'],
  met: ['#1a7f37', '#3fb950'],
  missed: ['#cf222e', '#ff7b72'],
} as const satisfies Record<string, Ink>

/** A colour by its name, for an attribute of a mark. */
export const ink = (name: keyof typeof NAMED): string => `var(--${name})`

/** The colour of a chart's nth line. */
export const inkOfLine = (n: number): string => `var(--line-${n % LINES.length})`

/** The ground that a picture is shown on: `either` follows the reader's setting. */
export type Ground = 'light' | 'dark' | 'either'

const FONT = `-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif`

const colours = (pick: 0 | 1): string => {
  const lines = LINES.map((each, n) => `--line-${n}:${each[pick]}`)
  const named = Object.entries(NAMED).map(([name, each]) => `--${name}:${each[pick]}`)
  return `svg{${[...named, ...lines].join(';')}}`
}

export function styleOn(ground: Ground): string {
  return [
    `svg{font:13px ${FONT};font-variant-numeric:tabular-nums;color:var(--strong);fill:currentColor}`,
    'text{white-space:pre}.title{font-size:17px;font-weight:600}.bold{font-weight:600}',
    '.muted{fill:var(--muted)}.small{font-size:12px}.middle{text-anchor:middle}.end{text-anchor:end}',
    colours(ground === 'dark' ? 1 : 0),
    ground === 'either' ? `@media (prefers-color-scheme:dark){${colours(1)}}` : '',
  ].join('')
}
