// Writes the results of arithmetic.md from the costs and assumptions that stand in it: npx node docs/arithmetic.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = join(import.meta.dirname, 'arithmetic.md')
const RESULTS = /(<!-- results: .+ -->\n)(?:.|\n)*?(<!-- end -->)/
const DAY_S = 86_400
/** Of which a node writes over one, and reads over the others. */
const DATABASE_CONNECTIONS = 9

type Figures = Readonly<Record<string, number>>

/** Symbol → figure, of the tables whose rows begin with a symbol. The second figure of a row is of the second size, and so on. */
function figuresOf(page: string, at: number): Figures {
  const rows = page.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, symbol = '', cells = '']) => {
      const figures = cells.split(' | ').flatMap((cell) => {
        const text = cell.replaceAll(/[,*]/g, '')
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
    (peak * (f('node_send') + f('hearers') * f('node_delivery') + others * f('node_parcel')) +
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
    'Redis: subscriptions': amount(nodes * followed),
    'Redis: memory': bytes(redisBytes),
    'Redis: network, peak': `${bytes(peak * f('parcel') * (2 + others))}/s`,
    'clients: network, peak': `${bytes(deliveries * f('frame'))}/s`,
  }
}

const SIZES = ['10 thousand users', '1 million', '100 million']

export function withResults(page: string): string {
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

if (import.meta.main) writeFileSync(PAGE, withResults(readFileSync(PAGE, 'utf8')))
