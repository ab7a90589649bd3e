// Writes into arithmetic.md what the bench has measured, and the results of that and of the assumptions that stand
// there: npx node docs/arithmetic.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spreadOf } from '../bench/measure/statistics.ts'
import type { Results } from '../bench/measurement.ts'
import { titleOf } from '../bench/report/notation.ts'

const PAGE = join(import.meta.dirname, 'arithmetic.md')
const MEASURED = join(import.meta.dirname, '../bench/results.json')
const RESULTS = /(<!-- results: .+ -->\n)(?:.|\n)*?(<!-- end -->)/
const DAY_S = 86_400
/** A node's connections to the database: one for writes, eight for reads. */
const DATABASE_CONNECTIONS = 9

type Figures = Readonly<Record<string, number>>

/** Symbol → figure, of the tables whose rows begin with a symbol. The second figure of a row is of the second size, and so on. */
function figuresOf(page: string, at: number): Figures {
  const rows = page.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, symbol = '', cells = '']) => {
      const figures = cells.split(' | ').flatMap((cell) => {
        const text = cell.replaceAll(',', '')
        return /^[\d.]+( %)?$/.test(text) ? [Number.parseFloat(text) / (text.endsWith('%') ? 100 : 1)] : []
      })
      return [symbol, figures[at] ?? figures[0] ?? Number.NaN]
    }),
  )
}

const of = (figures: Figures, symbol: string): number => {
  const figure = figures[symbol]
  if (figure === undefined || Number.isNaN(figure))
    throw new Error(`arithmetic.md has no figure for ${symbol}`)
  return figure
}

/** The formulas, as the page shows them. */
function resultsOf(figures: Figures): Readonly<Record<string, string>> {
  const f = (symbol: string) => of(figures, symbol)
  const online = f('users') * f('online')
  const nodes = Math.max(2, Math.ceil(online / f('connections')))
  const mean = (f('users') * f('messages')) / DAY_S
  const peak = mean * f('peak')
  const deliveries = peak * f('hearers')
  const others = nodes * (1 - (1 - 1 / nodes) ** f('hearers')) - 1
  const batches = Math.min(peak, nodes * f('batches'))
  const followed = (online / nodes) * f('conversations')
  const nodeCores =
    (peak *
      (f('node_send') + f('node_publish') + f('hearers') * f('node_delivery') + others * f('node_parcel')) +
      batches * f('node_batch')) /
    1e6
  const databaseCores = (peak * f('db_send') + batches * f('db_batch')) / 1e6
  const redisCores = (peak * (f('redis_publish') + (1 + others) * f('redis_delivery'))) / 1e6
  const nodeBytes = (online / nodes) * (f('connection') + f('account')) * 1e3 + followed * f('followed') * 1e3
  const redisBytes = nodes * followed * f('redis_subscription') + online * f('redis_online')
  const storedBytes = mean * DAY_S * (f('row') + f('index'))
  return {
    'people online': amount(online),
    nodes: amount(nodes),
    'messages/s, mean': amount(mean),
    'messages/s, peak': amount(peak),
    'deliveries/s, peak': amount(deliveries),
    'other nodes that hear a message': amount(others),
    'cores of all nodes, peak': amount(nodeCores),
    'memory of a node': bytes(nodeBytes),
    'conversations a node follows': amount(followed),
    'PostgreSQL: batches/s, peak': amount(batches),
    'PostgreSQL: messages in a batch': amount(peak / batches),
    'PostgreSQL: cores, peak': amount(databaseCores),
    'PostgreSQL: connections': amount(nodes * DATABASE_CONNECTIONS),
    'PostgreSQL: stored a day': bytes(storedBytes),
    'PostgreSQL: stored a year': bytes(storedBytes * 365),
    'PostgreSQL: WAL/s, peak': bytes(peak * f('wal') + batches * f('wal_batch')),
    'Redis: in and out, messages/s': amount(peak * (2 + others)),
    'Redis: cores, peak': amount(redisCores),
    'Redis: subscriptions': amount(nodes * followed + online),
    'Redis: memory': bytes(redisBytes),
    'Redis: network, peak': `${bytes(peak * f('parcel') * (2 + others))}/s`,
    'clients: network, peak': `${bytes(deliveries * f('frame'))}/s`,
  }
}

const SIZES = ['10 thousand users', '1 million', '100 million']

/** A row whose last cell names a scenario: `scenario` · target or size · metric, less 5 `symbol`. */
const MEASURED_ROW = /^(\| `(\w+)` \| )[^|]+( \|.+\| (`[a-z-]+` · .+) \|)$/gm
const LESS = /, less (\d+) `(\w+)`/g

/** The page with the figures of those scenarios. Throws when one of them is not measured. */
function withMeasured(page: string, results: Results): string {
  const figures: Record<string, number> = { ...figuresOf(page, 0) }
  return page.replace(MEASURED_ROW, (_, begin: string, symbol: string, rest: string, from: string) => {
    const less = [...from.matchAll(LESS)].map(([, times, other = '']) => Number(times) * of(figures, other))
    const value = less.reduce((sum, each) => sum - each, medianOf(from.replace(LESS, ''), results))
    figures[symbol] = Number(value.toPrecision(2))
    return `${begin}${figures[symbol].toLocaleString('en')}${rest}`
  })
}

function medianOf(from: string, { measurements }: Results): number {
  const [scenario = '', ...which] = from.replaceAll('`', '').split(' · ')
  const metric = which.pop() ?? ''
  const found = measurements.filter(
    (each) =>
      each.scenario === scenario &&
      which.every((word) => word === titleOf(each.target) || Number.parseInt(word, 10) === each.size),
  )
  const values = found.flatMap(({ runs }) => runs.flatMap((run) => run[metric] ?? []))
  if (found.length !== 1 || values.length === 0)
    throw new Error(
      `bench/results.json must have one figure for ${from}: npm run bench -- --only ${scenario}`,
    )
  return spreadOf(values).median
}

function withResults(page: string): string {
  const columns = SIZES.map((_, at) => resultsOf(figuresOf(page, at)))
  const rows = Object.keys(columns[0] ?? {}).map(
    (name) => `| ${[name, ...columns.map((column) => column[name])].join(' | ')} |`,
  )
  const table = [`| | ${SIZES.join(' | ')} |`, '|---|---:|---:|---:|', ...rows].join('\n')
  return page.replace(RESULTS, (_, begin, end) => `${begin}\n${table}\n\n${end}`)
}

/** Two digits: the assumptions are not better than that. */
function amount(value: number): string {
  if (value < 0.001) return '< 0.001'
  const rounded = Number(value.toPrecision(2))
  const [unit, scale] = rounded >= 1e6 ? [' M', 1e6] : rounded >= 1e4 ? [' k', 1e3] : ['', 1]
  return `${Number((rounded / scale).toPrecision(2)).toLocaleString('en')}${unit}`
}

function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  const step = Math.max(0, Math.floor(Math.log10(value) / 3))
  return `${Number((value / 1000 ** step).toPrecision(2))} ${units[step]}`
}

/** The page as it must be. */
export const arithmetic = (page: string, results: Results): string => withResults(withMeasured(page, results))

if (import.meta.main) {
  const results: Results = JSON.parse(readFileSync(MEASURED, 'utf8'))
  writeFileSync(PAGE, arithmetic(readFileSync(PAGE, 'utf8'), results))
}
