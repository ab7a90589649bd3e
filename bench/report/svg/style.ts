/** A colour on light ground, and on dark. */
type Ink = readonly [light: string, dark: string]

const inks = {
  strong: ['#1f2328', '#e6edf3'],
  muted: ['#656d76', '#8d96a0'],
  grid: ['#d0d7de', '#30363d'],
  parlance: ['#5b4fd6', '#9d95ff'],
  peer: ['#8c959f', '#7d8590'],
  met: ['#1a7f37', '#3fb950'],
  missed: ['#cf222e', '#ff7b72'],
} as const satisfies Record<string, Ink>

/** The lines of one chart. The first is Parlance's, wherever others are beside it. */
export const series: readonly Ink[] = [
  inks.parlance,
  ['#d97706', '#f0a63c'],
  ['#0e8a9c', '#3bc3d6'],
  ['#c2257a', '#f472b6'],
  ['#4d7c0f', '#a3d154'],
  ['#9a5b33', '#d9a066'],
  ['#2563c9', '#6cb0ff'],
  ['#6b7280', '#9ca3af'],
]

const coloured = (pick: (ink: Ink) => string): string =>
  [
    `text{fill:${pick(inks.strong)}}`,
    `.muted{fill:${pick(inks.muted)}}`,
    `.grid{stroke:${pick(inks.grid)}}`,
    `.band{fill:${pick(inks.met)}}`,
    `.spread,.goal{stroke:${pick(inks.strong)}}`,
    ...(['parlance', 'peer', 'met', 'missed'] as const).flatMap((name) => [
      `.${name}{fill:${pick(inks[name])}}`,
      `.${name}-line{stroke:${pick(inks[name])}}`,
    ]),
    ...series.flatMap((ink, n) => [`.s${n}{fill:${pick(ink)}}`, `.s${n}-line{stroke:${pick(ink)}}`]),
  ].join('')

const FONT = `-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif`

export const style = [
  `text{font:13px ${FONT};font-variant-numeric:tabular-nums}`,
  '.title{font-size:17px;font-weight:600}.small{font-size:12px}.bold{font-weight:600}',
  '.end{text-anchor:end}.middle{text-anchor:middle}',
  'line,polyline{fill:none}',
  '.grid{stroke-width:1}.spread{stroke-width:1.5;stroke-opacity:.6}',
  '.goal{stroke-width:2;stroke-dasharray:2 2}.band{fill-opacity:.08}',
  '.stem{stroke-width:4;stroke-opacity:.45}.leader{stroke-width:1;stroke-opacity:.5}',
  '.hollow{fill-opacity:.12;stroke-width:1.5}.thin{stroke-width:2}.thick{stroke-width:3.5}',
  '.dashed{stroke-dasharray:6 4}',
  coloured(([light]) => light),
  `@media (prefers-color-scheme:dark){${coloured(([, dark]) => dark)}}`,
].join('')
